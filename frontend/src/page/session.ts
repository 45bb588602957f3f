// The session of this page's person. It may end while the page is open, or begin anew in another tab: then the page takes
// the new form token, or asks the person to sign in, and what waits for that goes on afterwards.
import type { SessionState } from "../api";
import { find, fromTemplate, must } from "./dom";

const LOOK_AGAIN_MS = 2000;

/** True for people who may change things: only they get a token. */
export function isSignedIn(): boolean {
  return csrfToken() !== "";
}

export function csrfToken(): string {
  return meta()?.content ?? "";
}

/** Take the newest form token; true when it is another one, so that trying again may help. */
export async function renewToken(): Promise<boolean> {
  const before = csrfToken();
  return (await ask()).email !== null && csrfToken() !== before;
}

/** Resolves when somebody is signed in, which may be at once; `waiting` is told when it is not. */
export async function signedIn(waiting: () => void = () => undefined, signal?: AbortSignal): Promise<void> {
  if ((await ask()).email !== null) return;
  waiting();
  prompt ??= untilSignedIn().finally(() => (prompt = null));
  await prompt;
  signal?.throwIfAborted();
}

let prompt: Promise<void> | null = null;

/** Ask the person to sign in, in a tab of its own, so that this page stays as it is; look whether it has happened. */
async function untilSignedIn(): Promise<void> {
  const message = fromTemplate("flash-signed-out");
  must("[data-flashes]").append(message);
  for (;;) {
    await nextLook();
    const session = await ask().catch(() => null);
    if (session && session.email !== null) break;
  }
  message.remove();
}

function nextLook(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      clearTimeout(timer);
      removeEventListener("focus", look);
      resolve();
    };
    const timer = setTimeout(look, LOOK_AGAIN_MS);
    addEventListener("focus", look);
  });
}

async function ask(): Promise<SessionState> {
  const response = await fetch("/api/v1/session", { headers: { Accept: "application/json" }, credentials: "same-origin" });
  const session = (await response.json().catch(() => null)) as SessionState | null;
  if (!response.ok || !session) throw new TypeError("something else answered");
  if (session.email !== null) take(session.csrf_token);
  return session;
}

function take(token: string): void {
  const place = meta();
  if (place) place.content = token;
  for (const field of document.querySelectorAll<HTMLInputElement>("input[name=csrf_token]")) field.value = token;
}

function meta(): HTMLMetaElement | null {
  return find("meta[name=csrf-token]") as HTMLMetaElement | null;
}
