// A provider on port PORT that lets clients of CLIENTS come back to where they say, and knows the people of the file
// PEOPLE, which is read anew for each question: {"ann": {"email": "...", "roles": [...]}}.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import Provider from "oidc-provider";

const { PORT, PEOPLE, CLIENTS, IN_TOKEN } = process.env;
const people = () => JSON.parse(readFileSync(PEOPLE, "utf8"));
const kid = randomBytes(6).toString("hex"); // other keys after each start
const key = { ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }), kid, use: "sig" };

const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  clients: JSON.parse(CLIENTS),
  jwks: { keys: [key] },
  cookies: { keys: [randomBytes(16).toString("hex")] },
  conformIdTokenClaims: !IN_TOKEN, // a strict provider tells the address on a second question only
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"], roles: ["roles", "realm_access"] },
  scopes: ["openid", "email", "profile", "roles"],
  features: { backchannelLogout: { enabled: true } },
  fetch: (url, { dispatcher, ...options }) => fetch(url, options), // clients of tests lie on this machine
  pkce: { required: () => true },
  findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...people()[sub] }) }),
});
provider.listen(Number(PORT), "127.0.0.1", () => console.log("ready"));
