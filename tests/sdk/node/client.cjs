// What a program does with Cloudinary's SDK for Node.js: each call by its name, and "ok" or what the service said.
// CLOUDINARY_URL says where; the first argument is a photograph.
const fs = require("node:fs");
const { v2: cloudinary } = require("cloudinary");
const { Cloudinary } = require("@cloudinary/url-gen");
const { fill } = require("@cloudinary/url-gen/actions/resize");

const { api, uploader, utils, search, search_folders: searchFolders } = cloudinary;
const photo = process.argv[2];
const script = __filename;
const names = { one: "n/one", two: "n/ü two" };
const said = (call) => new Promise((done, fail) => call((error, answer) => (error ? fail(error) : done(answer))));
const streamed = (make) => said((callback) => fs.createReadStream(photo).pipe(make(callback)));
const expect = (truth, what) => { if (!truth) throw new Error(what); };

async function fetched(url, status = 200) {
  const answer = await fetch(url);
  const text = answer.headers.get("x-cld-error") ?? "";
  await answer.arrayBuffer();
  expect(answer.status === status, `${answer.status} ${text} ${url}`);
}

const small = { width: 60, crop: "scale" };
const URLS = {
  plain: {},
  thumb: { width: 120, height: 90, crop: "thumb", gravity: "face", quality: "auto", fetch_format: "auto" },
  dpr: { width: 50, dpr: 2.0, crop: "scale" },
  text: { transformation: [{ width: 200, crop: "fit" }, { overlay: { font_family: "Arial", font_size: 30, text: "Hi, ü/%" }, gravity: "south", color: "#ff0000" }] },
  condition: { if: "w_gt_100", width: "$w", variables: [["$w", 77]], crop: "scale" },
  signed: { ...small, sign_url: true },
  "long signature": { ...small, sign_url: true, long_url_signature: true },
  border: { border: "4px_solid_black", radius: "max", width: 90, height: 90, crop: "fill", format: "png" },
  ratio: { aspect_ratio: "16:9", width: 150, crop: "fill" },
  raw: { raw_transformation: "e_grayscale/w_50" },
  suffix: { ...small, url_suffix: "nice-name" },
  "root path": { ...small, use_root_path: true },
  shortened: { shorten: true },
  overlay: { ...small, overlay: names.two.replace("/", ":") },
  "without analytics": { ...small, urlAnalytics: false },
};

const CALLS = {
  ping: () => api.ping(),
  upload: async () => {
    const made = await uploader.upload(photo, {
      public_id: names.one, tags: ["a", "b", "ü"], context: { alt: "a=b|c", caption: 'Ü "er"' }, colors: true, phash: true,
      media_metadata: true, eager: [{ width: 100, height: 100, crop: "fill" }, { effect: "sepia" }],
    });
    expect(made.context.custom.alt === "a=b|c" && made.tags.length === 3 && made.eager.length === 2, JSON.stringify(made));
  },
  "upload a file whose name has an ü": async () => {
    const named = photo.replace(/[^/]*$/, "schön.jpg");
    fs.copyFileSync(photo, named);
    const made = await uploader.upload(named, { use_filename: true, unique_filename: false });
    expect(made.public_id === "schön" && made.original_filename === "schön", JSON.stringify(made));
    await uploader.destroy("schön");
  },
  upload_stream: () => streamed((done) => uploader.upload_stream({ public_id: names.two }, done)),
  upload_large: () => said((done) => uploader.upload_large(photo, { public_id: "n/large" }, done)),
  upload_chunked: () => said((done) => uploader.upload_chunked(photo, { public_id: "n/chunked" }, done)),
  upload_chunked_stream: () => streamed((done) => uploader.upload_chunked_stream({ public_id: "n/parts" }, done)),
  "upload raw": () => uploader.upload(script, { resource_type: "raw", public_id: "n/client.cjs" }),
  "upload auto": () => uploader.upload(script, { resource_type: "auto" }),
  create_upload_preset: () => api.create_upload_preset({ name: "node", unsigned: true, folder: "web", tags: ["x", "y"] }),
  unsigned_upload: () => uploader.unsigned_upload(photo, "node", { public_id: "u1" }),
  update_upload_preset: () => api.update_upload_preset("node", { tags: "q" }),
  upload_presets: () => api.upload_presets(),
  delete_upload_preset: () => api.delete_upload_preset("node"),
  explicit: () => uploader.explicit(names.one, { type: "upload", eager: [{ width: 2.0 * 33, crop: "scale" }] }),
  add_tag: () => uploader.add_tag("t1", [names.one, names.two]),
  replace_tag: () => uploader.replace_tag("t2", [names.two]),
  remove_all_tags: () => uploader.remove_all_tags([names.two]),
  add_context: () => uploader.add_context({ k: "v=1|2" }, [names.two]),
  remove_all_context: () => uploader.remove_all_context([names.two]),
  resources: async () => {
    const { resources } = await api.resources({ type: "upload", prefix: "n/", max_results: 2, tags: true, context: true });
    expect(resources.length === 2, resources.length);
  },
  resources_by_ids: async () => {
    const { resources } = await api.resources_by_ids([names.one, names.two], { tags: true });
    expect(resources.length === 2, resources.length);
  },
  resources_by_tag: () => api.resources_by_tag("t1"),
  resources_by_context: async () => {
    const { resources } = await api.resources_by_context("alt", "a=b|c");
    expect(resources.length === 1, resources.length);
  },
  resource: async () => {
    const one = await api.resource(names.one, { colors: true, faces: true, image_metadata: true, phash: true });
    expect(one.derived.length >= 2 && one.colors.length > 0 && one.phash.length === 16, JSON.stringify(one));
    await api.resources_by_asset_ids([one.asset_id]);
  },
  update: () => api.update(names.one, { tags: "u1,u2", context: "a=b", face_coordinates: [[1, 2, 30, 40]] }),
  tags: () => api.tags({ prefix: "u" }),
  usage: () => api.usage(),
  config: () => api.config({ settings: true }),
  folders: async () => {
    await api.create_folder("new/deep");
    await api.rename_folder("new/deep", "new/deeper");
    await api.sub_folders("new");
    await api.delete_folder("new/deeper");
    await api.root_folders();
  },
  transformations: async () => {
    await api.create_transformation("node", { width: 50, crop: "fit" });
    await api.update_transformation("node", { allowed_for_strict: true });
    await api.transformation("node");
    await api.delete_transformation("node");
  },
  search: async () => {
    const found = await search.expression("public_id:n/* AND tags=u1").with_field("tags").sort_by("public_id", "desc").execute();
    expect(found.total_count === 1, found.total_count);
  },
  "search by URL": () => fetched(search.expression("public_id:n/*").to_url(300)),
  search_folders: () => searchFolders.expression("name:*").execute(),
  metadata: async () => {
    const values = [{ external_id: "r", value: "Red" }, { external_id: "g", value: "Green" }];
    await api.add_metadata_field({ external_id: "colour", label: "Colour", type: "enum", datasource: { values } });
    await api.update_metadata_field_datasource("colour", { values: [{ external_id: "b", value: "Blue" }] });
    await uploader.update_metadata({ colour: "b" }, [names.one]);
    await api.delete_metadata_field("colour");
  },
  create_zip: () => uploader.create_zip({ public_ids: [names.one, names.two], target_public_id: "z", resource_type: "image" }),
  download_zip_url: () => fetched(utils.download_zip_url({ public_ids: [names.one], resource_type: "image" })),
  download_folder: () => fetched(utils.download_folder("n")),
  private_download_url: () => fetched(utils.private_download_url(names.one, "jpg", { type: "upload" })),
  generate_sprite: () => uploader.generate_sprite("u1"),
  text: () => uploader.text("Hello, Wörld", { font_family: "Arial", font_size: 20 }),
  ...Object.fromEntries(Object.entries(URLS).map(([name, options]) => [`url ${name}`, () => fetched(cloudinary.url(names.one, options))])),
  "url-gen": () => {
    const { cloud_name: cloudName, secure_distribution: secureDistribution } = cloudinary.config();
    const cloud = new Cloudinary({ cloud: { cloudName }, url: { secureDistribution } });
    return fetched(cloud.image(names.one).resize(fill(70, 50)).format("auto").quality("auto").toURL());
  },
  authenticated: async () => {
    await uploader.upload(photo, { public_id: "n/secret", type: "authenticated" });
    await fetched(cloudinary.url("n/secret", { ...small, type: "authenticated", sign_url: true }));
    await fetched(cloudinary.url("n/secret", { ...small, type: "authenticated" }), 401);
  },
  rename: () => uploader.rename(names.two, "n/renamed"),
  delete_derived_resources: async () => api.delete_derived_resources([(await api.resource(names.one)).derived[0].id]),
  delete_resources: () => api.delete_resources(["n/renamed", "none"]),
  delete_resources_by_prefix: () => api.delete_resources_by_prefix("web/"),
  destroy: async () => {
    const { result } = await uploader.destroy(names.one, { invalidate: true });
    expect(result === "ok", result);
  },
  "what is gone": () => api.resource(names.one),
  "a wrong secret": () => uploader.upload(photo, { api_secret: "wrong" }),
};

(async () => {
  const answers = {};
  for (const [name, call] of Object.entries(CALLS)) {
    try {
      await call();
      answers[name] = "ok";
    } catch (error) {
      answers[name] = String(error.error?.message ?? error.message ?? error);
    }
  }
  console.log(JSON.stringify(answers));
})();
