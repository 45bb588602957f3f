// Every page loads this small module; what only some pages need is loaded by them.
import { find } from "./page/dom";
import { enhanceFlashes } from "./page/flash";
import { enhanceSignOut } from "./page/leaving";
import { enhanceShortcuts } from "./page/shortcuts";
import { enhanceGallery } from "./tiles/gallery";
import { enhancePictures } from "./tiles/pictures";

enhancePictures();
enhanceGallery();
enhanceFlashes();
enhanceShortcuts();
enhanceSignOut();

const upload = find<HTMLFormElement>("form#upload");
if (upload) void import("./upload/page").then(({ enhanceUpload }) => enhanceUpload(upload));

const selection = find<HTMLFormElement>("form[data-selection]");
if (selection) void import("./tiles/selection").then(({ enhanceSelection }) => enhanceSelection(selection));

const describable = find("[data-describe]");
if (describable) void import("./page/describe").then(({ enhanceDescription }) => enhanceDescription(describable));
