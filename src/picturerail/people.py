"""picturerail user, picturerail group and picturerail token: who may come in, and who belongs together."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from picturerail import server
from picturerail.gallery.accounts import groups, sessions, tokens, users
from picturerail.gallery.actions import groups as group_actions
from picturerail.gallery.actions import people as actions
from picturerail.gallery.actions import tokens as token_actions
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.cloud_account import cloud_access
from picturerail.gallery.policy import ROLES, SCOPES, Operator
from picturerail.settings import Settings
from picturerail.settings.command_line import asking, data_option

ROLE = click.Choice(ROLES)


@click.group()
def user() -> None:
    """Accounts of people."""


@user.command("add")
@click.argument("email")
@click.option("--role", type=ROLE, required=True, help="What the person may do.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@data_option
def user_add(settings: Settings, email: str, role: str, *, password_stdin: bool) -> None:
    """Make an account."""
    password = _password(from_stdin=password_stdin)
    with _acting(settings) as at:
        actions.add(at, email, role, password)
    click.echo(f"{email} may sign in as {role}.")


@user.command("list")
@data_option
def user_list(settings: Settings) -> None:
    """Print every account: role, address, when it was made, and whether it is disabled."""
    with _acting(settings) as at:
        for each in users.list_users(at.db):
            shut = "  disabled" if each.disabled else ""
            click.echo(f"{each.role:<12} {each.email}  since {_day(each.created_at)}{shut}")


@user.command("role")
@click.argument("email")
@click.argument("role", type=ROLE)
@data_option
def user_role(settings: Settings, email: str, role: str) -> None:
    """Give an account another role, from its next click on."""
    with _acting(settings) as at:
        actions.set_role(at, users.user_of(at.db, email), role)
    click.echo(f"{email} may do what {role}s may, from the next click on.")


@user.command("disable")
@click.argument("email")
@data_option
def user_disable(settings: Settings, email: str) -> None:
    """Shut an account: signed out everywhere with its next click, and no way in."""
    with _acting(settings) as at:
        actions.set_disabled(at, users.user_of(at.db, email), disabled=True)
    click.echo(f"{email} is signed out everywhere, and cannot sign in.")


@user.command("enable")
@click.argument("email")
@data_option
def user_enable(settings: Settings, email: str) -> None:
    """Open a disabled account again."""
    with _acting(settings) as at:
        actions.set_disabled(at, users.user_of(at.db, email), disabled=False)
    click.echo(f"{email} may sign in again.")


@user.command("remove")
@click.argument("email")
@click.option(
    "--pictures",
    help="What becomes of its pictures: keep, trash, or the address of the account that gets them.",
)
@data_option
def user_remove(settings: Settings, email: str, pictures: str | None) -> None:
    """Delete an account."""
    if pictures is None:
        with asking("--pictures keep, --pictures trash, or --pictures and the address of who gets them"):
            pictures = click.prompt(
                "Their pictures: keep, trash, or the address of who gets them", default="keep"
            )
    with _acting(settings) as at:
        count = actions.remove(at, users.user_of(at.db, email), pictures)
    moved = f" {count} pictures went with it." if pictures == actions.TRASH else ""
    click.echo(f"{email} has no account any more.{moved}")


@user.command("reset")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the new password from standard input.")
@data_option
def user_reset(settings: Settings, email: str, *, password_stdin: bool) -> None:
    """Print a link by which a forgotten password is set anew, or set it."""
    with _acting(settings) as at:
        found = users.user_of(at.db, email)
        if password_stdin:
            actions.give_password(at, found, _password(from_stdin=True))
            click.echo(f"{email} has a new password, and is signed out everywhere.")
            return
        token = actions.reset(at, found)
    click.echo(f"For {email}, once, within a day:\n{_address(settings)}/reset/{token}")


@user.command("sessions")
@click.argument("email")
@click.option("--end", is_flag=True, help="Sign the account out everywhere.")
@data_option
def user_sessions(settings: Settings, email: str, *, end: bool) -> None:
    """Print where an account is signed in."""
    with _acting(settings) as at:
        found = users.user_of(at.db, email)
        for each in sessions.sessions_of(at.db, found):
            click.echo(f"{each.used_at:%Y-%m-%d %H:%M}  {each.address or '-':<15}  {each.agent}")
        if end:
            click.echo(f"{actions.end_sessions(at, found)} sessions ended.")


@click.group()
def group() -> None:
    """Groups of people, to which albums are given as to one person."""


@group.command("add")
@click.argument("name")
@data_option
def group_add(settings: Settings, name: str) -> None:
    """Make a group."""
    with _acting(settings) as at:
        made = group_actions.add(at, name)
    click.echo(
        f"The group '{made.name}' is there. `picturerail group put '{made.name}' EMAIL` puts people in."
    )


@group.command("list")
@data_option
def group_list(settings: Settings) -> None:
    """Print every group, and who is in it."""
    with _acting(settings) as at:
        for each in groups.every(at.db):
            click.echo(f"{each.name}: {', '.join(each.members) or 'nobody'}")


@group.command("put")
@click.argument("name")
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
@data_option
def group_put(settings: Settings, name: str, emails: tuple[str, ...]) -> None:
    """Put people into a group: they see what it is given, from the next click on."""
    with _acting(settings) as at:
        found = groups.named(at.db, name)
        for email in emails:
            group_actions.put(at, found, email)
    click.echo(f"In '{found.name}': {', '.join(emails)}.")


@group.command("take")
@click.argument("name")
@click.argument("emails", metavar="EMAIL...", nargs=-1, required=True)
@data_option
def group_take(settings: Settings, name: str, emails: tuple[str, ...]) -> None:
    """Take people out of a group."""
    with _acting(settings) as at:
        found = groups.named(at.db, name)
        for email in emails:
            group_actions.take(at, found, email)
    click.echo(f"Not in '{found.name}' any more: {', '.join(emails)}.")


@group.command("rename")
@click.argument("name")
@click.argument("new_name", metavar="NEW")
@data_option
def group_rename(settings: Settings, name: str, new_name: str) -> None:
    """Give a group another name."""
    with _acting(settings) as at:
        group_actions.rename(at, groups.named(at.db, name), new_name)
    click.echo(f"'{name}' is called '{new_name}' now.")


@group.command("remove")
@click.argument("name")
@data_option
def group_remove(settings: Settings, name: str) -> None:
    """Remove a group: what was given to it only, its people see no more."""
    with _acting(settings) as at:
        group_actions.remove(at, groups.named(at.db, name))
    click.echo(f"The group '{name}' is removed. Its people keep their accounts.")


@click.group()
def token() -> None:
    """Tokens for scripts that use the JSON API."""


@token.command("add")
@click.argument("name")
@click.option("--scope", type=click.Choice(list(SCOPES)), required=True, help="What the script may do.")
@click.option("--days", type=click.IntRange(1), help="Days after which it ends (default: never).")
@data_option
def token_add(settings: Settings, name: str, scope: str, days: int | None) -> None:
    """Make a token, and print it as the last line. It is shown this once."""
    with _acting(settings) as at:
        made = token_actions.add(at, name, scope, days)
    click.echo(f"'{name}' may {scope}. Send it as 'Authorization: Bearer TOKEN'; it is not shown again:")
    click.echo(made)


@token.command("list")
@data_option
def token_list(settings: Settings) -> None:
    """Print every token: scope, name, when it was made, ends, and was last used, and how many links it has made."""
    with _acting(settings) as at:
        for each in tokens.list_tokens(at.db):
            ends = f", ends {_day(each.expires_at)}" if each.expires_at else ""
            number = at.db.shares.count_documents({"owner": each.client.id})
            links = f", {number} share link{'' if number == 1 else 's'}" if number else ""
            used = f", last used {_day(each.used_at)}"
            click.echo(f"{each.scope:<6} {each.name}  since {_day(each.created_at)}{ends}{used}{links}")


@token.command("remove")
@click.argument("name")
@click.option(
    "--links",
    type=click.Choice([token_actions.END, token_actions.KEEP]),
    default=token_actions.END,
    help="What becomes of the share links that it has made (default end); kept, they are the site's own.",
)
@data_option
def token_remove(settings: Settings, name: str, links: str) -> None:
    """End a token at once."""
    with _acting(settings) as at:
        number = token_actions.remove(at, name, links=links)
    became = "stay, as the site's own" if links == token_actions.KEEP else "ended with it"
    told = f" Its share links ({number}) {became}." if number else ""
    click.echo(f"'{name}' does not work any more.{told}")


@contextmanager
def _acting(settings: Settings) -> Iterator[ActionContext]:
    """What actions work with, on the server that runs on this folder or one that is started for the moment."""
    with server.running(settings) as reached:
        db = server.prepare_database(reached)
        yield ActionContext(Operator(), db, cloud_access(reached), reached, "shell")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    with asking("--password-stdin, and the password on standard input"):
        given: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return given


def _address(settings: Settings) -> str:
    return settings.public_url or str(server.last_run(settings).get("url") or settings.site_url)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "never"
