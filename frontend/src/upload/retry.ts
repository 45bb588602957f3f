// Try again what passes by itself: a lost network, an overloaded or restarting server.
import { Refused } from "../page/http";

const MAX_WAIT_MS = 30_000;
const MAX_TRIES = 60; // half an hour of lost network

/** Run `attempt` until it succeeds or fails for good; `paused` is told before each wait. */
export async function withRetry<Answer>(
  attempt: () => Promise<Answer>,
  signal: AbortSignal,
  paused: () => void,
): Promise<Answer> {
  for (let tries = 0; ; tries++) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || tries >= MAX_TRIES || !passesByItself(error)) throw error;
      paused();
      await rest(waitFor(error, tries), signal);
    }
  }
}

/** A network that is away shows as a TypeError, from fetch and from our XMLHttpRequest alike. */
function passesByItself(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Refused && error.passesByItself);
}

function waitFor(error: unknown, tries: number): number {
  if (error instanceof Refused && error.retryAfter) return error.retryAfter * 1000;
  return Math.min(1000 * 2 ** tries, MAX_WAIT_MS) * (0.75 + Math.random() / 2);
}

/** Wait, but not longer than until the network is back. */
function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
    signal.addEventListener("abort", done, { once: true });
  });
}
