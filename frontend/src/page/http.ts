// Calls to the gallery's own API: JSON in, JSON out, the CSRF token always along, errors with a sentence. A session that
// has ended is no error: the call waits until the person has signed in again.
import type { Problem } from "../api";
import { fill, find, fromTemplate } from "./dom";
import { csrfToken, renewToken, signedIn } from "./session";

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

  /** Overload, outage and pages of other networks' doors pass by themselves; all other refusals need a person. */
  get passesByItself(): boolean {
    return this.status === 429 || this.status >= 500 || this.status < 400;
  }
}

/** How Cloudinary says no. */
interface CloudRefusal {
  error?: { message?: string };
}

interface Waits {
  signal?: AbortSignal;
  /** Told when the call waits until the person has signed in. */
  waiting?: () => void;
}

/** Send `body` as JSON and return the parsed answer. Throws Refused, or TypeError when the network is away. */
export async function send<Answer>(method: string, url: string, body?: unknown, waits: Waits = {}): Promise<Answer> {
  try {
    return await call<Answer>(method, url, body, waits.signal);
  } catch (error) {
    if (!(error instanceof Refused) || !(await mayHelp(error.status, waits))) throw error;
    return await call<Answer>(method, url, body, waits.signal);
  }
}

/** Do what can be done about a session that ended or began anew; true when the call is worth a second try. */
async function mayHelp(status: number, { waiting, signal }: Waits): Promise<boolean> {
  if (status === 401) await signedIn(waiting, signal);
  return status === 401 || (status === 403 && (await renewToken()));
}

async function call<Answer>(method: string, url: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
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
  if (!response.ok || !parsed) throw refusal(response.status, parsed, response.headers.get("Retry-After"));
  return parsed as Answer;
}

/** The error for an answer that is not a success, with the sentence that the gallery or the cloud has for it. */
export function refusal(status: number, body: unknown, retryAfter: string | null): Refused {
  const said = body as (Partial<Problem> & CloudRefusal) | null;
  const message = said?.detail ?? said?.error?.message ?? sentenceFor(status);
  return new Refused(message, status, body, Number(retryAfter) || 0);
}

/** What somebody between here and the gallery means who does not speak as it does. */
function sentenceFor(status: number): string {
  const known = [`problem-${status}`, status < 400 ? "problem-strange" : "problem-other"];
  const element = fromTemplate(known.find((id) => find(`template#${id}`)) ?? "problem-other");
  fill(element, { status });
  return element.textContent?.trim() ?? "";
}

/** JSON text as a value; anything else (a proxy's error page) as null. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
