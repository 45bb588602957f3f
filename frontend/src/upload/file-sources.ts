// The ways in which files come to the page: chosen, dropped anywhere in the window, pasted.
import { noteWay } from "./folders";

/** Call `take` with the files of every choice, drop (folders too) and paste. */
export function enhanceFileSources(input: HTMLInputElement, take: (files: File[]) => void): void {
  const chosen = () => {
    if (input.files?.length) take([...input.files]);
    input.value = ""; // so that the same file can be chosen again
  };
  input.addEventListener("change", chosen);
  for (const button of document.querySelectorAll<HTMLElement>("[data-choose]")) enhanceButton(button, take);
  chosen(); // a quick person may have chosen before this code came
  addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) take(files);
  });
  enhanceDrop(take);
}

/** A button that opens another way of choosing: a whole folder, or the camera. */
function enhanceButton(button: HTMLElement, take: (files: File[]) => void): void {
  const field = document.createElement("input");
  field.type = "file";
  if (button.dataset["choose"] === "folder") field.webkitdirectory = true;
  else Object.assign(field, { accept: "image/*", capture: "environment" });
  field.addEventListener("change", () => {
    const files = [...(field.files ?? [])].sort((a, b) => a.webkitRelativePath.localeCompare(b.webkitRelativePath));
    const pictures = files.filter(({ name, type }) => (!type || type.startsWith("image/")) && !name.startsWith("."));
    if (pictures.length) take(pictures);
    field.value = "";
  });
  button.classList.remove("needs-script");
  button.addEventListener("click", () => field.click());
}

function enhanceDrop(take: (files: File[]) => void): void {
  let depth = 0; // dragenter and dragleave come for every element on the way
  const show = (over: boolean) => document.body.classList.toggle("is-drop-target", over);
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragenter", (event) => {
    if (carriesFiles(event)) show(++depth > 0);
  });
  addEventListener("dragleave", (event) => {
    if (carriesFiles(event)) show(--depth > 0);
  });
  addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    show(false);
    take(await filesOf(event.dataTransfer as DataTransfer));
  });
}

async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()); // must be read before the first await
  const loose = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return loose;
  return (await Promise.all(entries.map((entry) => (entry ? filesIn(entry) : [])))).flat();
}

async function filesIn(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    noteWay(file, entry.fullPath);
    return [file];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return files;
    for (const each of some) files.push(...(await filesIn(each)));
  }
}
