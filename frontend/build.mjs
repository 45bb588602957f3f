// Bundle styles, modules and pictures into one folder of files named by their content, and a manifest that maps
// the plain names to those: {"app.css": "app.1a2b3c4d.css"}. Usage: node build.mjs TARGET_FOLDER
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = fileURLToPath(new URL(".", import.meta.url));
// thumbhash's package says MIT and names no one; its author is known from its repository.
const BUNDLED_LIBRARIES = {
  bootstrap: "",
  photoswipe: "",
  thumbhash: "Copyright (c) 2023 Evan Wallace",
  "@fontsource/source-serif-4": "",
};
// The letters of most languages in Latin script, and those of the others; browsers load the second when they need it.
const FONTS = { "source-serif-4.woff2": "latin", "source-serif-4-ext.woff2": "latin-ext" };
const BROWSERS = ["es2022", "chrome110", "firefox115", "safari16"];

const target = process.argv[2];
if (!target) throw new Error("usage: node build.mjs TARGET_FOLDER");

/** Name a file by its content: app.css -> app.1a2b3c4d.css */
function hashedName(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  return `${basename(name, extname(name))}.${hash}${extname(name)}`;
}

async function fonts() {
  const folder = join(here, "node_modules/@fontsource/source-serif-4/files");
  return Promise.all(
    Object.entries(FONTS).map(async ([name, subset]) => {
      const content = await readFile(join(folder, `source-serif-4-${subset}-400-normal.woff2`));
      return [name, hashedName(name, content), content];
    }),
  );
}

/**
 * Bootstrap clears its floating legends by `legend + *`. A rule for whatever stands behind something makes browsers work out
 * the styles of all siblings anew where one is put in: of the whole grid, for each of its rows.
 */
function withoutSiblingOfAll(css) {
  const [before, after, more] = css.split("legend + * {");
  if (!after || more) throw new Error("Bootstrap writes its rule for what follows a legend otherwise");
  return `${before}fieldset > :not(legend) {${after}`;
}

async function styles(faces) {
  const options = {
    loadPaths: [join(here, "node_modules")],
    quietDeps: true, // Bootstrap 5.3 is written for Sass' older module system
    silenceDeprecations: ["import"],
  };
  const { css } = sass.compile(join(here, "styles/app.scss"), options);
  const named = faces.reduce((text, [name, hashed]) => text.replace(`url(${name})`, `url(${hashed})`), withoutSiblingOfAll(css));
  const { code } = await esbuild.transform(named, { loader: "css", minify: true, target: BROWSERS.slice(1), legalComments: "none" });
  return [["app.css", hashedName("app.css", code), code]];
}

async function modules() {
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: here,
    entryPoints: { app: "src/app.ts", theme: "src/theme.ts" },
    entryNames: "[name].[hash]",
    chunkNames: "[name].[hash]",
    outdir: "out",
    bundle: true,
    splitting: true,
    format: "esm",
    target: BROWSERS,
    minify: true,
    legalComments: "none", // licences.txt keeps them
    metafile: true,
    write: false,
  });
  const entries = Object.entries(metafile.outputs);
  return outputFiles.map((file) => {
    const hashed = basename(file.path);
    const [, output] = entries.find(([path]) => basename(path) === hashed);
    const source = output.entryPoint ? basename(output.entryPoint, ".ts") : hashed.split(".")[0];
    return [output.entryPoint ? `${source}.js` : `${source}-${hashed.split(".")[1]}.js`, hashed, file.contents];
  });
}

async function pictures() {
  const names = await readdir(join(here, "icons"));
  return Promise.all(
    names.map(async (name) => {
      const content = await readFile(join(here, "icons", name));
      return [name, hashedName(name, content), content];
    }),
  );
}

/** The licences of everything that is bundled, in one file that travels with the bundles. */
async function licences() {
  const mit = (await readFile(join(here, "../LICENSE"), "utf8")).replace(/^Copyright.*$/m, "COPYRIGHT");
  const parts = Object.entries(BUNDLED_LIBRARIES).map(async ([library, copyright]) => {
    const folder = join(here, "node_modules", library);
    const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const text = copyright ? mit.replace("COPYRIGHT", copyright) : await readFile(join(folder, "LICENSE"), "utf8");
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  const content = (await Promise.all(parts)).join(`\n${"-".repeat(80)}\n\n`);
  return [["licences.txt", hashedName("licences.txt", content), content]];
}

/** Write each file beside its place and rename it: a reader sees a whole file or none. The manifest comes last. */
async function publish(files) {
  await mkdir(target, { recursive: true });
  const before = JSON.parse(await readFile(join(target, "manifest.json"), "utf8").catch(() => "{}"));
  const manifest = Object.fromEntries(files.map(([name, hashed]) => [name, hashed]).sort());
  for (const [, hashed, content] of [...files, ["", "manifest.json", `${JSON.stringify(manifest, null, 1)}\n`]]) {
    await writeFile(join(target, `${hashed}.part`), content);
    await rename(join(target, `${hashed}.part`), join(target, hashed));
  }
  // Pages that are open while a new build arrives may still ask for the files of the build before it.
  const kept = new Set([...Object.values(manifest), ...Object.values(before), "manifest.json", ".built"]);
  for (const name of await readdir(target)) if (!kept.has(name)) await rm(join(target, name), { recursive: true });
}

const faces = await fonts();
const parts = await Promise.all([styles(faces), modules(), pictures(), licences()]);
await publish([...faces, ...parts.flat()]);
