// Send a file's bytes straight to the media service, as Cloudinary's upload API takes them: small files whole, large
// ones in parts, so that a lost network costs one part and not the file.
import type { UploadPermit } from "../api";
import { parse, refusal } from "../page/http";
import type { TransferState } from "./item";
import { withRetry } from "./retry";

const MEGABYTE = 1024 * 1024;
const LARGE = 20 * MEGABYTE;
const PART = 8 * MEGABYTE; // Cloudinary takes parts of 5 MB and more

export interface Progress {
  sent: (bytes: number) => void;
  /** A part has arrived: `transfer.arrived` says so. */
  arrived: () => void;
  paused: () => void;
}

/** Send `file` from where it is on its `transfer`; resolves to the media service's answer for the whole of it. */
export async function sendBytes(transfer: TransferState, file: File, signal: AbortSignal, progress: Progress): Promise<unknown> {
  const { signed, uploadId } = transfer;
  if (file.size <= LARGE) {
    return withRetry(() => post(signed, file, file.name, {}, signal, progress.sent), signal, progress.paused);
  }
  let answer: unknown;
  for (let start = transfer.arrived; start < file.size; start += PART) {
    const end = Math.min(start + PART, file.size);
    const headers = { "X-Unique-Upload-Id": uploadId, "Content-Range": `bytes ${start}-${end - 1}/${file.size}` };
    const sent = (bytes: number) => progress.sent(start + Math.min(bytes, end - start));
    const send = () => post(signed, file.slice(start, end), file.name, headers, signal, sent);
    answer = await withRetry(send, signal, progress.paused);
    if (end === file.size) break; // the answer is still to be handed on: after a crash, this part is sent again
    transfer.arrived = end;
    progress.arrived();
  }
  return answer;
}

/** One request. XMLHttpRequest, because fetch does not tell how much has been sent. */
function post(
  signed: UploadPermit,
  part: Blob,
  name: string,
  headers: Record<string, string>,
  signal: AbortSignal,
  sent: (bytes: number) => void,
): Promise<unknown> {
  const form = new FormData();
  for (const [key, value] of Object.entries(signed.params)) form.append(key, String(value));
  form.append("file", part, name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open("POST", signed.url);
    for (const [key, value] of Object.entries(headers)) request.setRequestHeader(key, value);
    request.upload.onprogress = (event) => sent(Math.min(event.loaded, part.size));
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status >= 200 && request.status < 300 && body) resolve(body);
      else reject(refusal(request.status, body, request.getResponseHeader("Retry-After")));
    };
    request.onerror = () => reject(new TypeError("network away"));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener("abort", stop);
    signal.addEventListener("abort", stop);
    request.send(form);
  });
}
