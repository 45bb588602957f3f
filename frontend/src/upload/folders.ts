// The folders that files come from, and albums that are made of them when the first file of each has arrived.
import type { AlbumAnswer, AlbumPage, NewAlbum } from "../api";
import { find } from "../page/dom";
import { send } from "../page/http";

const dropped = new WeakMap<File, string>(); // a browser tells the way of a file only where it was chosen by its folder

/** Note the way of a dropped file, with its own name at the end. */
export function noteWay(file: File, way: string): void {
  dropped.set(file, way);
}

/** The folder that a file came with, and those above it; "" for a file by itself. */
export function folderOf(file: File): string {
  const way = dropped.get(file) ?? file.webkitRelativePath;
  return way.split("/").filter(Boolean).slice(0, -1).join("/");
}

/** Says which album a file of a folder goes to; one of the same title that one may fill is taken for its folder. */
export function folderAlbums(address: string, visibility: () => NonNullable<NewAlbum["visibility"]>) {
  const known = new Map<string, Promise<string>>();
  const albumOf = (folder: string): Promise<string | null> => {
    if (!folder) return Promise.resolve(find<HTMLSelectElement>("select[name=album]")?.value || null);
    let album = known.get(folder);
    if (!album) {
      album = findOrMake(folder);
      known.set(folder, album);
      album.catch(() => known.delete(folder)); // the next file of it tries again
    }
    return album;
  };
  const findOrMake = async (folder: string): Promise<string> => {
    const cut = folder.lastIndexOf("/");
    const parent = await albumOf(folder.slice(0, Math.max(cut, 0)));
    const title = folder.slice(cut + 1);
    const there = (await albumsIn(address, parent)).find((one) => one.title === title && isFillable(one.id));
    if (there) return there.id;
    const made: NewAlbum = { title, parent, visibility: visibility() };
    return (await send<AlbumAnswer>("POST", address, made)).album.id;
  };
  return (folder: string): Promise<string | null> => albumOf(isWanted() ? folder : "");
}

function isWanted(): boolean {
  return find<HTMLInputElement>("input[name=folder_albums]")?.checked ?? false;
}

async function albumsIn(address: string, parent: string | null): Promise<AlbumPage["albums"]> {
  const albums: AlbumPage["albums"] = [];
  for (let after: string | null = ""; after !== null; ) {
    const page: AlbumPage = await send("GET", `${address}?parent=${parent ?? ""}&after=${after}`);
    albums.push(...page.albums);
    after = page.next;
  }
  return albums;
}

/** Whether the form offers an album: then one may add pictures to it. */
function isFillable(album: string): boolean {
  return find(`select[name=album] option[value="${album}"]`) !== null;
}
