// What a tile says about its picture: the JSON in `data-picture`, written by the server.

export interface TilePicture {
  id: string;
  w: number;
  h: number;
  src: string;
  srcset: string;
  alt: string;
}

export function pictureOf(tile: HTMLElement): TilePicture {
  return JSON.parse(tile.dataset["picture"] ?? "{}") as TilePicture;
}
