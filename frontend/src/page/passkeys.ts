// Passkeys: a form whose answer the browser itself gives, from a key in the device or in a password manager.
import { must } from "./dom";

/** Let a form ask the browser for a key, where it has any; without one the form stays hidden. */
export function enhancePasskey(form: HTMLFormElement): void {
  if (!("PublicKeyCredential" in window) || !("parseCreationOptionsFromJSON" in PublicKeyCredential)) return;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const failed = must("[data-failed]", form);
    failed.hidden = true;
    credential(form).then(
      (answer) => {
        must<HTMLInputElement>("input[name=credential]", form).value = JSON.stringify(answer);
        form.submit();
      },
      () => {
        failed.hidden = false;
      },
    );
  });
}

async function credential(form: HTMLFormElement): Promise<unknown> {
  const options: unknown = JSON.parse(form.dataset.options ?? "{}");
  const made =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
            options as PublicKeyCredentialCreationOptionsJSON,
          ),
        })
      : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON),
        });
  if (!(made instanceof PublicKeyCredential)) throw new Error("no key");
  return made.toJSON();
}
