// The field for addresses of pictures on other sites, one a line.
import { Item, newId } from "./item";

/** What is written in the field, each address once; it is empty then. */
export function takenFrom(field: HTMLTextAreaElement): Item[] {
  const lines = field.value.split("\n").map((line) => line.trim());
  if (!lines.some(Boolean)) field.focus();
  field.value = "";
  const named = new Map(lines.filter(Boolean).map((line) => [normal(line), line]));
  return [...named].map(([address, line]) => new Item(new File([], line), newId(), address)); // known as it was written
}

/** As the browser would call it, with its host in ASCII; what is no address is sent as it is, and refused. */
function normal(line: string): string {
  try {
    return new URL(line).href;
  } catch {
    return line;
  }
}
