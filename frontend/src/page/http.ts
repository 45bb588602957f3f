// Calls to the gallery's own API: JSON in, JSON out, the CSRF token always along, errors with the server's sentence.
import type { Problem } from "../api";

/** The server understood and said no. `message` is written for the person who reads it. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly body: unknown,
    readonly retryAfter: number,
  ) {
    super(message);
  }

  /** Overload and outage pass by themselves; all other refusals need a person. */
  get passesByItself(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

/** How Cloudinary says no. */
interface CloudRefusal {
  error?: { message?: string };
}

/** Send `body` as JSON and return the parsed answer. Throws Refused, or TypeError when the network is away. */
export async function send<Answer>(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  const keepalive = method === "DELETE"; // it shall happen even if the person leaves the page at once
  const request: RequestInit = { method, headers, credentials: "same-origin", keepalive };
  if (signal) request.signal = signal;
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  const response = await fetch(url, request);
  const parsed = parse(await response.text());
  if (!response.ok) throw refusal(response.status, parsed, response.headers.get("Retry-After"));
  return parsed as Answer;
}

/** The error for an answer that is not a success, with the sentence that the gallery or the cloud has for it. */
export function refusal(status: number, body: unknown, retryAfter: string | null): Refused {
  const said = body as (Partial<Problem> & CloudRefusal) | null;
  const message = said?.detail ?? said?.error?.message ?? `${status}`;
  return new Refused(message, status, body, Number(retryAfter) || 0);
}

/** JSON text as a value; anything else (a proxy's error page) as null. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** True for people who may change things: only they get a token. */
export function isSignedIn(): boolean {
  return csrfToken() !== "";
}

function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
}
