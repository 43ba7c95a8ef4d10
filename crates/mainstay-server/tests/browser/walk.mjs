// A walk through the server in a real browser: the first account by passkey, an organisation, an
// SBOM, an advisory that arrives while a page is open, the same pages without scripts; every page
// is examined by axe-core. Run by `.ci/run`, which installs what it needs:
//
//   node walk.mjs MAINSTAY CHROMIUM MODULES SCREENSHOTS
//
// MAINSTAY is the program, MODULES a folder with playwright-core and axe-core, SCREENSHOTS a
// folder for pictures. Everything is made up and stays on this machine.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [program, chromium, modules, pictures] = process.argv.slice(2);
const require = createRequire(join(modules, "node_modules/"));
const { chromium: browsers } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "mainstay-walk-"));
const environment = { ...process.env, MAINSTAY_DATA_DIR: join(folder, "data"), MAINSTAY_OFFLINE: "1" };
mkdirSync(pictures, { recursive: true });

let failures = 0;
function check(truth, what) {
  console.log(`${truth ? "ok" : "FAILED"}: ${what}`);
  if (!truth) failures += 1;
}

function serve() {
  const server = spawn(program, ["serve", "--listen", "127.0.0.1:0"], { env: environment });
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

  await page.getByLabel("What it describes").fill("control");
  await page.getByLabel(/^Version/).fill("7.1");
  const file = { name: "bom.json", mimeType: "application/json", buffer: Buffer.from(sbom("1.2.0")) };
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("button", { name: "Send", exact: true }).click();
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
    ["search", "/search?q=grid"], ["absent", "/nowhere"],
  ]) {
    await page.goto(origin + address);
    await examine(page, name);
    await picture(page, name);
  }

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
