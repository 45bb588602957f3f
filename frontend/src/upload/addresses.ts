// The field for addresses of pictures on other sites, one a line.
import { Item, newId } from "./item";

/** What is written in the field, each address once; it is empty then. */
export function takenFrom(field: HTMLTextAreaElement): Item[] {
  const lines = field.value.split("\n").map((line) => line.trim());
  if (!lines.some(Boolean)) field.focus();
  field.value = "";
  return [...new Set(lines.filter(Boolean).map(normal))].map((address) => new Item(new File([], ""), newId(), address));
}

/** As the browser would call it, with its host in ASCII; what is no address is sent as it is, and refused. */
function normal(line: string): string {
  try {
    return new URL(line).href;
  } catch {
    return line;
  }
}
