// Written by frontend/build.sh from picturerail/gallery/api/*schemas.py; change the structs, not these types.

/** Some of the log, newest first; `next` goes into `after`, and is null at the end. */
export interface ActivityPage {
  activity: PublicActivity[];
  next: string | null;
}

/** Which lines of the activity log are told. */
export interface ActivityQuery {
  /** Those of this person, as `who` tells it */
  who?: string;
  kind?: "" | "picture" | "album" | "share" | "transfer" | "account" | "group" | "token" | "site";
  /** The first day, such as 2026-05-17 (UTC) */
  since?: string;
  /** The last day */
  until?: string;
  limit?: number;
  /** The `next` of the page before */
  after?: string;
}

/** The album, as it is now. */
export interface AlbumAnswer {
  album: PublicAlbum;
}

/** New fields of an album; those that are not given stay as they are, and null empties one. */
export interface AlbumChange {
  title?: string;
  description?: string;
  parent?: string | null;
  cover?: string | null;
  order?: "hand" | "newest" | "taken" | "oldest" | "title";
  visibility?: "public" | "unlisted" | "private";
  /** Whether visitors learn where it was taken, and save files with that: `shown` or `hidden`; empty: as its albums say, else the site */
  location?: "" | "shown" | "hidden";
  /** Makes it a saved search; the other albums have none */
  q?: string;
}

/** Pictures to hang in an album, and to take down. */
export interface AlbumFilling {
  add?: string[];
  remove?: string[];
}

/** Pictures of an album to hang before another one; at the end without `before`. */
export interface AlbumMove {
  pictures: string[];
  before?: string | null;
}

/** Some albums; `next` goes into `after`, and is null at the end. */
export interface AlbumPage {
  albums: PublicAlbum[];
  next: string | null;
}

/** Which of an album's pictures a list tells of. */
export interface AlbumPictureQuery {
  limit?: number;
  /** The `next` of the page before */
  after?: string;
  before?: string;
  /** Begin with this picture */
  at?: string;
}

/** Which albums a list tells of. */
export interface AlbumQuery {
  /** Those that lie in this one; empty: those in none; missing: all */
  parent?: string;
  /** Words of the title, each from its beginning on */
  q?: string;
  limit?: number;
  /** The `next` of the page before */
  after?: string;
}

/** To whom an album is given. */
export interface AlbumViewers {
  /** Addresses of accounts */
  people: string[];
  /** Names of groups */
  groups: string[];
}

/** The stack, as it is now, and what was changed; a POST to `undo` (null when nothing was) takes that back. */
export interface ChangedStack {
  stack: PublicStack;
  changed: string[];
  undo: string | null;
}

/** Deleted, with the albums in it and without any picture; a POST to `undo` takes it back. */
export interface DeletedAlbum {
  album: PublicAlbum;
  undo: string;
}

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

/** A multipart form with one file. */
export interface FileForm {
  file: string;
}

/** The pictures that were hung and taken down; a POST to `undo` (null when there are none) takes that back. */
export interface FilledAlbum {
  album: PublicAlbum;
  added: string[];
  removed: string[];
  /** Those that hang in too many albums already */
  full: string[];
  /** Those that are not there for you to hang in this album */
  missing: string[];
  undo: string | null;
}

/** A file that the picture had before. */
export interface FormerFile {
  id: string;
  filename: string;
  format: string;
  bytes: number;
  width: number;
  height: number;
  replaced_at: string;
}

/** The files that the picture had before, newest first. */
export interface FormerFiles {
  versions: FormerFile[];
}

/** The group. */
export interface GroupAnswer {
  group: PublicGroup;
}

/** What is to change of a group: its name, and who is in it. */
export interface GroupChange {
  name?: string | null;
  /** Addresses of accounts */
  add?: string[];
  /** Addresses of accounts */
  remove?: string[];
}

/** All groups, by name. */
export interface GroupList {
  groups: PublicGroup[];
}

/** What becomes of a group. */
export interface LookalikeChoice {
  /** The one that stays; null keeps all */
  keep: string | null;
  /** Keep all, under the one that `keep` names */
  stack?: boolean;
}

/** Pictures that look alike. */
export interface LookalikeGroup {
  id: string;
  /** The one with the most pixels, then bytes */
  best: string;
  /** The one that is proposed to lie on top of a stack */
  cover: string;
  /** What the camera tells: one burst, the pair of a raw file and its JPEG; else empty */
  kind: "burst" | "pair" | "";
  pictures: PublicPicture[];
}

/** Some groups, newest first; `next` goes into `after`, and is null at the end. */
export interface LookalikePage {
  groups: LookalikeGroup[];
  next: string | null;
}

/** Which groups a list tells of. */
export interface LookalikeQuery {
  /** The `next` of the page before */
  after?: string;
}

/** One's own marks on a picture; what is left out stays, "" takes a mark away. */
export interface MarkChange {
  /** yes */
  favourite?: string;
  /** 1 to 5 */
  stars?: string;
  /** pick or reject */
  choice?: string;
}

/** An album that is to be made. */
export interface NewAlbum {
  title: string;
  description?: string;
  parent?: string | null;
  cover?: string | null;
  order?: "hand" | "newest" | "taken" | "oldest" | "title";
  visibility?: "public" | "unlisted" | "private";
  /** Whether visitors learn where it was taken, and save files with that: `shown` or `hidden`; empty: as its albums say, else the site */
  location?: "" | "shown" | "hidden";
  /** Makes it a saved search; the other albums have none */
  q?: string;
}

/** A group that is to be made. */
export interface NewGroup {
  /** Without @ */
  name: string;
}

/** What the media service answered to an upload, or where it finds the picture, and what people know of it. */
export interface NewPicture {
  description?: string;
  tags?: string[];
  /** What the media service answered, unchanged */
  answer?: Record<string, unknown>;
  /** In its place: an http or https address from which it fetches the picture */
  url?: string;
  /** Beside `url` the address tells it, if it is not given */
  filename?: string;
  /** Hang it there, if it is new */
  album?: string | null;
  /** The site's default when it is not given */
  visibility?: "public" | "unlisted" | "private" | null;
  /** Whether visitors learn where it was taken, and save files with that: `shown` or `hidden`; empty: as its albums say, else the site */
  location?: "" | "shown" | "hidden";
}

/** A link to one thing: of `picture`, `album` and `q` exactly one is given. */
export interface NewShare {
  picture?: string | null;
  album?: string | null;
  /** What a search finds that is not private */
  q?: string | null;
  name?: string | null;
  password?: string | null;
  /** A time to come, with its zone */
  expires_at?: string | null;
  download?: boolean;
  /** With their edits, else as they came from the camera: shown and saved so */
  edited?: boolean;
  /** `hidden`: the link tells nobody where pictures were taken, even where they or their albums do */
  location?: "" | "hidden";
  /** How many people may open it; 0: any number */
  max_uses?: number;
  /** Who opens it picks, stars and comments pictures of the album */
  chooses?: boolean;
  /** Guests may add pictures to the album: `held` until approved, or `shown` at once; empty: no */
  adds?: "" | "held" | "shown";
}

/** Pictures to be put under one cover, in this order; what lies under one of them comes along. */
export interface NewStack {
  pictures: string[];
  /** The first of them when it is not given */
  cover?: string | null;
}

/** `undo` is the address that a POST takes the move back with. */
export interface OrderedAlbum {
  album: PublicAlbum;
  undo: string;
}

/** The picture, as it is now. */
export interface PictureAnswer {
  picture: PublicPicture;
}

/** What is new about a picture; what is not given stays as it is. Texts need the `updated_at` that was read. */
export interface PictureChange {
  description?: string;
  tags?: string[];
  /** As the picture told it; empty when it told none */
  updated_at?: string;
  /** ISO 8601, with or without a zone */
  taken_at?: string | null;
  visibility?: "public" | "unlisted" | "private";
  /** Whether visitors learn where it was taken, and save files with that: `shown` or `hidden`; empty: as its albums say, else the site */
  location?: "" | "shown" | "hidden";
  /** Such as `a_90`; empty for none */
  edit?: string | null;
  /** The focal point, in the picture as it is shown; null for automatic */
  focus?: PictureFocus | null;
}

/** A place in the picture as it is shown: shares of its width from the left and of its height from above. */
export interface PictureFocus {
  x: number;
  y: number;
}

/** In the place of that: the file itself in a multipart form, with what people know of it in the other fields. */
export interface PictureForm {
  description?: string;
  tags?: string[];
  file: string;
  /** If not given, the one of the file */
  filename?: string;
  /** Hang it there, if it is new */
  album?: string | null;
  /** The site's default when it is not given */
  visibility?: "public" | "unlisted" | "private" | null;
  /** Whether visitors learn where it was taken, and save files with that: `shown` or `hidden`; empty: as its albums say, else the site */
  location?: "" | "shown" | "hidden";
}

/** Any width: put one of `widths` where `{w}` stands in `url`. */
export interface PictureImage {
  url: string;
  widths: number[];
}

/** One's own marks on the picture, as they are now: favourite, stars, choice. */
export interface PictureMarks {
  marks: Record<string, string>;
}

/** One page of pictures; `next` goes into `after`, and is null at the end. */
export interface PicturePage {
  pictures: PublicPicture[];
  next: string | null;
}

/** The stack in which a picture lies, with others that one sees, too. */
export interface PictureStack {
  id: string;
  /** Of those that one sees, this one among them */
  count: number;
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

/** What somebody has done. */
export interface PublicActivity {
  id: string;
  at: string;
  /** The id of an account, `token:ID`, `operator` for the shell, or empty */
  who: string;
  /** What that was called at the time */
  name: string;
  /** From where: an address of the network, or `shell` */
  address: string;
  /** Such as `picture.trash`; its first word is its kind */
  deed: string;
  /** How many things it were */
  number: number;
  /** Their ids, at most 500 */
  things: string[];
  /** A title, an e-mail address or a word that says more */
  about: string;
}

/** An album, as everybody who may see it knows it. */
export interface PublicAlbum {
  id: string;
  slug: string;
  /** Address of its page; former ones lead there */
  href: string;
  title: string;
  description: string;
  /** The album that it lies in */
  parent: string | null;
  /** The picture chosen to stand for it */
  cover: string | null;
  order: "hand" | "newest" | "taken" | "oldest" | "title";
  /** What it looks for, if it is a saved search; else empty */
  q: string;
  /** Its own; albums that it lies in may be stricter */
  visibility: "public" | "unlisted" | "private";
  /** The strictest of its own and theirs */
  shown_as: "public" | "unlisted" | "private";
  /** Whether visitors learn where it was taken, and save files with that: `shown` or `hidden`; empty: as its albums say, else the site */
  location: "" | "shown" | "hidden";
  created_at: string;
  updated_at: string;
}

/** A group, and who is in it. */
export interface PublicGroup {
  id: string;
  /** Without @ */
  name: string;
  /** Addresses of accounts */
  members: string[];
}

/** A picture, as everybody who may see it knows it. */
export interface PublicPicture {
  id: string;
  /** Address of its page */
  page: string;
  title: string;
  description: string;
  filename: string;
  /** The whole picture, with its edit */
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
  /** Albums in which it hangs */
  albums: string[];
  /** Lists tell of the first of a stack only */
  stack: PictureStack | null;
  /** By the camera's clock, with its zone where that is known */
  taken_at: string | null;
  /** What the camera wrote of itself, as far as it did */
  camera: Record<string, string>;
  /** Latitude and longitude, to whom its location is shown or who may change it */
  place: string | null;
  /** Whether visitors learn where it was taken, and save files with that: `shown` or `hidden`; empty: as its albums say, else the site */
  location: "" | "shown" | "hidden";
  /** The transformation that stands in every address; empty for none */
  edit: string;
  /** What every crop keeps in sight, set by hand; null for automatic */
  focus: PictureFocus | null;
  /** Its own; its albums may be stricter */
  visibility: "public" | "unlisted" | "private";
  /** The strictest of its own and its albums' */
  shown_as: "public" | "unlisted" | "private";
  state: "live" | "trash" | "duplicate";
  created_at: string | null;
  updated_at: string;
}

/** A share link, as its maker knows it. */
export interface PublicShare {
  id: string;
  /** Opens it without an account */
  url: string;
  picture: string | null;
  album: string | null;
  q: string | null;
  name: string;
  has_password: boolean;
  download: boolean;
  edited: boolean;
  /** `hidden`: the link tells nobody where pictures were taken, even where they or their albums do */
  location: "" | "hidden";
  created_at: string;
  expires_at: string | null;
  /** When it was opened last */
  used_at: string | null;
  uses: number;
  max_uses: number;
  chooses: boolean;
  /** When the client was done choosing */
  done_at: string | null;
  adds: "" | "held" | "shown";
  /** Pictures that guests have sent */
  added: number;
}

/** A stack, as far as one sees its pictures; the first lies on top. */
export interface PublicStack {
  id: string;
  pictures: PublicPicture[];
}

/** The group is no more. */
export interface RemovedGroup {
  removed: string;
}

/** The picture with its new file; a POST to `undo` takes the one before back. */
export interface ReplacedFile {
  picture: PublicPicture;
  undo: string;
  /** The cut of its edit lay outside of the new file and was let go */
  cut_lost: boolean;
}

/** The link opens nothing any more. */
export interface RevokedShare {
  revoked: string;
}

/** Who is signed in, and the token for changes: for pages whose session may have ended or begun anew. */
export interface SessionState {
  email: string | null;
  csrf_token: string;
}

/** The pictures that went to the trash, or, where all are kept, are no group any more. */
export interface SettledGroup {
  changed: string[];
}

/** The link. */
export interface ShareAnswer {
  share: PublicShare;
}

/** Links, newest first. */
export interface ShareList {
  shares: PublicShare[];
}

/** The duplicate is gone. */
export interface SkippedPicture {
  skipped: string;
}

/** The stack, as it is now. */
export interface StackAnswer {
  stack: PublicStack;
}

/** Another cover, or pictures to be by themselves again. */
export interface StackChange {
  cover?: string;
  remove?: string[];
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

/** The pictures that lie where they lay. */
export interface UndoneStack {
  changed: string[];
}

/** A file that is to be uploaded. */
export interface UploadIntent {
  description?: string;
  tags?: string[];
  filename: string;
  bytes: number;
  /** The site's default when it is not given */
  visibility?: "public" | "unlisted" | "private" | null;
}

/** Send `params` and the file (field `file`) to `url` as a multipart form, within the hour. */
export interface UploadPermit {
  url: string;
  params: Record<string, string>;
}

/** To whom an album is given, and from whom it is taken. */
export interface ViewerChange {
  /** Addresses of accounts, and names of groups */
  add?: string[];
  /** Addresses of accounts, and names of groups */
  remove?: string[];
}
