// Written by frontend/build.sh from picturerail/gallery/api/schemas.py; change the structs, not these types.

/** The same bytes are in the gallery already; decide with keep or skip on `held_id`. */
export interface DuplicateProblem {
  title: string;
  status: number;
  /** A sentence that says what to change */
  detail: string;
  /** Names the request in the server's log */
  request_id?: string;
  type?: string;
  duplicate_of: PublicPicture | null;
  held_id: string;
}

/** What the media service has answered to an upload, and what people know of the picture. */
export interface NewPicture {
  description?: string;
  tags?: string[];
  /** What the media service answered, unchanged */
  answer: Record<string, unknown>;
  filename: string;
}

/** The picture, as it is now. */
export interface PictureAnswer {
  picture: PublicPicture;
}

/** New texts of a picture; those that are not given stay as they are. */
export interface PictureChange {
  description?: string;
  tags?: string[];
  /** As the picture told it; empty when it told none */
  updated_at: string;
}

/** Any width: put one of `widths` where `{w}` stands in `url`. */
export interface PictureImage {
  url: string;
  widths: number[];
}

/** One page of pictures; `next` goes into `after`, and is null at the end. */
export interface PicturePage {
  pictures: PublicPicture[];
  next: string | null;
}

/** A refusal (RFC 9457), as application/problem+json. */
export interface Problem {
  title: string;
  status: number;
  /** A sentence that says what to change */
  detail: string;
  /** Names the request in the server's log */
  request_id?: string;
  type?: string;
}

/** A picture, as everybody who may see it knows it. */
export interface PublicPicture {
  id: string;
  /** Address of its page */
  page: string;
  title: string;
  description: string;
  filename: string;
  /** The original */
  url: string;
  image: PictureImage;
  public_id: string | null;
  asset_id: string | null;
  version: number | null;
  width: number | null;
  height: number | null;
  format: string | null;
  bytes: number | null;
  thumbhash: string | null;
  color: string | null;
  tags: string[];
  state: "live" | "trash" | "duplicate";
  created_at: string | null;
  updated_at: string;
}

/** The duplicate is gone. */
export interface SkippedPicture {
  skipped: string;
}

/** Somebody else was faster; `picture` is as it is now. */
export interface StalePictureProblem {
  title: string;
  status: number;
  /** A sentence that says what to change */
  detail: string;
  /** Names the request in the server's log */
  request_id?: string;
  type?: string;
  picture: PublicPicture;
}

/** Deleted; a POST to `undo` takes it back. */
export interface TrashedPicture {
  picture: PublicPicture;
  undo: string;
}

/** A file that is to be uploaded. */
export interface UploadIntent {
  description?: string;
  tags?: string[];
  filename: string;
  bytes: number;
}

/** Send `params` and the file (field `file`) to `url` as a multipart form, within the hour. */
export interface UploadPermit {
  url: string;
  params: Record<string, string>;
}
