// A walk through the server in a real browser: the first account by passkey, an organisation, an
// SBOM, an advisory that arrives while a page is open, a statement, a question that another
// organisation answers from its own machine without uploading anything, a notice that goes into
// the mail folder and is answered there; the other organisation has no scripts at all. Every page
// is examined by axe-core. Run by `.ci/run`, which installs what it needs:
//
//   node walk.mjs MAINSTAY CHROMIUM MODULES SCREENSHOTS
//
// MAINSTAY is the program, MODULES a folder with playwright-core and axe-core, SCREENSHOTS a
// folder for pictures. Everything is made up and stays on this machine.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [program, chromium, modules, pictures] = process.argv.slice(2);
const require = createRequire(join(modules, "node_modules/"));
const { chromium: browsers } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "mainstay-walk-"));
const environment = { ...process.env, MAINSTAY_DATA_DIR: join(folder, "data"), MAINSTAY_OFFLINE: "1" };
const mail = join(folder, "mail");
mkdirSync(pictures, { recursive: true });
mkdirSync(mail);

let failures = 0;
function check(truth, what) {
  console.log(`${truth ? "ok" : "FAILED"}: ${what}`);
  if (!truth) failures += 1;
}

function serve() {
  const server = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--mail-folder", mail], { env: environment });
  return new Promise((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (text) => {
      said += text;
      const link = /http\S+first-run\S+/.exec(said);
      if (link) resolve({ server, link: link[0] });
    });
    server.stderr.on("data", (text) => process.env.VERBOSE && process.stderr.write(text));
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}

// One record of OSV, made up: the package is one that nobody publishes.
function record() {
  return JSON.stringify({
    schema_version: "1.6.0", id: "MADE-UP-2026-1", modified: "2026-11-01T00:00:00Z",
    published: "2026-11-01T00:00:00Z", summary: "A flaw that is made up",
    affected: [{
      package: { ecosystem: "npm", name: "made-up-left-pad" },
      ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.3.0" }] }],
    }],
    severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
  });
}

function sbom(version) {
  return JSON.stringify({
    bomFormat: "CycloneDX", specVersion: "1.6", version: 1,
    metadata: { component: { type: "application", "bom-ref": "root", name: "control" } },
    components: [{ type: "library", "bom-ref": "a", name: "made-up-left-pad", version,
      purl: `pkg:npm/made-up-left-pad@${version}` }],
    dependencies: [{ ref: "root", dependsOn: ["a"] }],
  });
}

function command(...words) {
  return execFileSync(program, words, { env: environment, encoding: "utf8" });
}

// The link in the letter to somebody, as soon as the letter is there.
async function linkToIn(address, path) {
  for (let tries = 0; tries < 300; tries += 1) {
    for (const name of readdirSync(mail).filter((one) => one.endsWith(".eml"))) {
      // Long lines of a letter are broken, and `=` is written as its code (RFC 2045, 6.7).
      const letter = readFileSync(join(mail, name), "utf8").replace(/=\r?\n/g, "").replace(/=3D/g, "=");
      const link = new RegExp(`https?://\\S+${path}\\?code=[\\w-]+`).exec(letter);
      if (letter.includes(address) && link) return link[0];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no letter to ${address} with a link to ${path}`);
}

async function examine(page, name) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document));
  const told = found.violations.map((one) => `${one.id} (${one.nodes.map((n) => n.target).join("; ")})`);
  check(told.length === 0, `${name}: axe finds nothing ${told.join(", ")}`);
}

async function picture(page, name) {
  for (const [scheme, width] of [["light", 1280], ["dark", 1280], ["light", 360], ["dark", 360]]) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: join(pictures, `${name}-${scheme}-${width}.png`) });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 900 });
}

// Ben of the waterworks, who has no scripts.
async function join_in(browser, ada, origin) {
  command("inventory", "organisation", "water", "--name", "Waterworks");
  command("account", "role", "ada@example.org", "water", "owner");
  await ada.goto(`${origin}/inventory/water/members`);
  await ada.getByLabel("Mail address").fill("ben@example.org");
  await ada.locator("form", { has: ada.getByRole("button", { name: "Invite" }) })
    .getByLabel("Role").selectOption("owner");
  await ada.getByRole("button", { name: "Invite" }).click();
  const context = await browser.newContext({ javaScriptEnabled: false });
  const ben = await context.newPage();
  await ben.goto(await linkToIn("ben@example.org", "/join"));
  const form = ben.locator("form", { has: ben.getByRole("button", { name: "Make an account and join" }) });
  await form.getByLabel("Your name").fill("Ben");
  await form.getByLabel(/^Password/).fill("vier Kraniche am Wehr");
  await form.getByRole("button", { name: "Make an account and join" }).click();
  await ben.goto(`${origin}/inventory/water`);
  check(await ben.getByRole("heading", { name: "Waterworks", level: 1 }).count() === 1, "somebody invited joins without scripts");
  return ben;
}

// A question goes out; the waterworks answer from their own machine, and send the file.
async function ask(ada, ben, origin) {
  await ada.goto(`${origin}/questions/new`);
  const form = ada.locator("form", { has: ada.getByRole("button", { name: "Sign and publish" }) });
  await form.getByLabel("In the name of").selectOption("grid");
  await form.getByLabel("or package").fill("pkg:npm/made-up-left-pad");
  await form.getByLabel("in these versions").fill("vers:npm/<1.3.0");
  await form.getByLabel(/^Until/).fill("2099-01-01T12:00:00+01:00");
  await form.getByLabel("Told to Waterworks").check();
  await examine(ada, "ask");
  await picture(ada, "ask");
  await form.getByRole("button", { name: "Sign and publish" }).click();
  await ada.waitForURL(/questions\/question_\w+$/);
  const question = ada.url();
  const key = /[\w.-]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+/.exec(await ada.locator("main").innerText())[0];

  await ben.goto(`${origin}/questions`);
  await ben.locator(`main a[href$="${new URL(question).pathname}"]`).first().click();
  const file = ben.locator("main a[href*='/file']").first();
  const signed = await ben.request.get(new URL(await file.getAttribute("href"), origin).href);
  const machine = join(folder, "machine of the waterworks");
  mkdirSync(machine);
  writeFileSync(join(machine, "question.json"), await signed.body());
  writeFileSync(join(machine, "bom.json"), sbom("1.1.0"));
  const words = ["affected", "--question", join(machine, "question.json"), "--key", key, "--as", "Waterworks",
    "--key-file", join(machine, "water.key"), "--output", join(machine, "answer.json"), join(machine, "bom.json")];
  execFileSync(program, words, { env: { ...environment, MAINSTAY_DATA_DIR: join(machine, "data") } });
  const answerKey = execFileSync(program, ["question", "key", "--key-file", join(machine, "water.key"), "--as", "Waterworks"],
    { env: environment, encoding: "utf8" }).trim();
  const sending = ben.locator("form", { has: ben.getByRole("button", { name: "Send the answer" }) });
  await sending.locator("input[type=file]").setInputFiles(join(machine, "answer.json"));
  await sending.getByLabel("The key that signed it").fill(answerKey);
  await sending.getByRole("button", { name: "Send the answer" }).click();

  await ada.locator("main").getByRole("row").filter({ hasText: "Waterworks" }).filter({ hasText: /affected/ })
    .first().waitFor({ timeout: 30_000 });
  check(true, "an answer from another machine comes onto the open page");
  await examine(ada, "question");
  await picture(ada, "question");
}

// A notice is drafted, read, released, sent into the mail folder, and answered by the link.
async function tell(ada, ben, origin) {
  await ben.goto(`${origin}/inventory/water/contacts`);
  await ben.locator("#contact-new").getByLabel("Address").fill("csirt@water.example");
  await ben.locator("#contact-new").getByRole("button", { name: "Keep" }).click();
  await ada.goto(`${origin}/affected?advisory=MADE-UP-2026-1`);
  await ada.getByRole("link", { name: "Tell them" }).click();
  await ada.locator("main").getByRole("button", { name: "Draft" }).first().click();
  await ada.locator("main summary").filter({ hasText: "Change" }).first().click();
  await ada.getByLabel("And these organisations").fill("water");
  await examine(ada, "draft a notice");
  await picture(ada, "notice-draft");
  await ada.getByRole("button", { name: "Change", exact: true }).click();
  await ada.getByRole("button", { name: "I have read it, and it is right" }).click();
  await ada.getByRole("button", { name: "Release", exact: true }).click();
  const link = await linkToIn("csirt@water.example", "/told");
  check(true, "a notice that a person read goes into the mail folder");

  // Whoever reads the letter has no account, and no scripts.
  const outsider = await ben.context().browser().newContext({ javaScriptEnabled: false });
  const reader = await outsider.newPage();
  await reader.goto(link);
  await reader.getByRole("button", { name: "Open it" }).click();
  await reader.getByLabel("You are").selectOption("fixed");
  await reader.getByLabel("In words").fill("Replaced on Friday.");
  await reader.getByRole("button", { name: "Answer" }).click();
  await outsider.close();
  await ada.getByText("Replaced on Friday.").first().waitFor({ timeout: 30_000 });
  check(true, "the answer of another organisation comes onto the open page");
  await examine(ada, "notice");
  await picture(ada, "notice");
}

async function walk(browser, link) {
  const origin = new URL(link).origin;
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(origin)) troubles.push(`a foreign request: ${request.url()}`);
  });
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", { options: {
    protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true,
    isUserVerified: true, automaticPresenceSimulation: true,
  } });

  await page.goto(link);
  await examine(page, "first run");
  await picture(page, "first-run");
  const first = page.locator("#first-passkey");
  await first.getByLabel("Your name").fill("Ada");
  await first.getByLabel("Mail address").fill("ada@example.org");
  await first.getByRole("button").click();
  await page.getByRole("heading", { name: "Recovery codes" }).waitFor();
  check(await page.locator("main li code").count() === 10, "ten recovery codes are shown");

  await page.goto(`${origin}/administration`);
  await page.getByLabel("Name", { exact: true }).fill("Grid Operator");
  await page.getByLabel("Id", { exact: true }).fill("grid");
  await page.getByLabel(/^Sector/).selectOption("us-ci/energy");
  await examine(page, "administration");
  await page.getByRole("button", { name: "Found it" }).click();
  await page.getByRole("heading", { name: "Grid Operator", level: 1 }).waitFor();

  await page.getByLabel("What it describes").first().fill("control");
  await page.getByLabel(/^Version/).fill("7.1");
  const file = { name: "bom.json", mimeType: "application/json", buffer: Buffer.from(sbom("1.2.0")) };
  await page.locator("input[type=file][name=sbom]").setInputFiles(file);
  await page.locator("form:has(input[name=sbom])").getByRole("button", { name: /^Send/ }).click();
  await page.getByRole("heading", { name: "The SBOM was taken in" }).waitFor();
  await examine(page, "received");
  await page.getByRole("link", { name: "See the asset" }).click();
  await page.getByText("No finding was ever opened").waitFor();

  // An advisory arrives while the page is open: nobody loads it again.
  const path = join(folder, "MADE-UP-2026-1.json");
  writeFileSync(path, record());
  execFileSync(program, ["db", "import", path], { env: environment });
  await page.getByText("MADE-UP-2026-1").first().waitFor({ timeout: 30_000 });
  check(true, "the open page shows the finding by itself");
  await examine(page, "asset");
  await picture(page, "asset");

  for (const [name, address] of [
    ["overview", "/"], ["affected", "/affected?advisory=MADE-UP-2026-1"], ["inventory", "/inventory"],
    ["organisation", "/inventory/grid"], ["members", "/inventory/grid/members"],
    ["advisories", "/advisories?q=MADE-UP-2026-1"], ["account", "/account"], ["log", "/log"],
    ["search", "/search?q=grid"], ["prevalence", "/prevalence"], ["questions", "/questions"],
    ["notices", "/notices"], ["contacts", "/inventory/grid/contacts"], ["absent", "/nowhere"],
  ]) {
    await page.goto(origin + address);
    await examine(page, name);
    await picture(page, name);
  }

  const ben = await join_in(browser, page, origin);
  await ask(page, ben, origin);
  await tell(page, ben, origin);

  await page.goto(`${origin}/`);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.locator("#sign-in-passkey").getByRole("button").click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  check(true, "a passkey signs in again");
  check(troubles.length === 0, `no script fails and nothing is asked elsewhere ${troubles.join(", ")}`);
  const cookies = await context.cookies();
  await context.close();

  // The same person without scripts, on the same session.
  const plain = await browser.newContext({ javaScriptEnabled: false });
  await plain.addCookies(cookies);
  const quiet = await plain.newPage();
  await quiet.goto(`${origin}/affected`);
  await quiet.getByLabel(/^or package/).fill("pkg:npm/made-up-left-pad");
  await quiet.getByRole("button", { name: "Ask" }).click();
  check(await quiet.getByText("Grid Operator").count() > 0, "without scripts the answer is there");
  await plain.close();
}

const { server, link } = await serve();
try {
  const browser = await browsers.launch({
    executablePath: chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  await walk(browser, link);
  await browser.close();
} catch (error) {
  check(false, error.stack);
} finally {
  server.removeAllListeners("exit");
  server.kill("SIGTERM");
}
console.log(failures === 0 ? "the walk is over" : `failed: ${failures}`);
process.exit(failures === 0 ? 0 : 1);
