// What a tile says about its picture: the JSON in `data-picture`, written by the server, and its image's description.

export interface TilePicture {
  id: string;
  alt: string;
  /** Pixels of the original; 0 when nobody knows them. */
  w: number;
  h: number;
  /** Address with `{w}` where one of `widths` goes; whole when there are none. */
  url: string;
  widths: number[];
  /** How many pictures of its stack one may see, this one among them; none where it lies in no stack. */
  stacked?: number;
}

export function pictureOf(tile: HTMLElement): TilePicture {
  const alt = tile.querySelector("img")?.alt ?? "";
  return { alt, ...JSON.parse(tile.dataset["picture"] ?? "{}") } as TilePicture;
}

export function atWidth(picture: TilePicture, width: number): string {
  return picture.url.replace("{w}", String(width));
}

export function srcset(picture: TilePicture): string {
  return picture.widths.map((width) => `${atWidth(picture, width)} ${width}w`).join(", ");
}
