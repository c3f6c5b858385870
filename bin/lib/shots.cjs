// node shots.cjs ADDRESS LIST FOLDER [NAME...]: takes the pictures of the list, and names on its output those that it
// took. A shot has a name, a path and what it shows ("shows": patterns of paths, see house/pictures.py), and may have: user ("admin" or "demo"), public (a page for everybody: nobody logs in), language ("fr_FR"), width and height,
// scale, dark, touch, steps ({click}, {fill, text}, {press}, {hover}, {wait}, {frame}, {pause}: each a selector, press a
// key, frame something in a frame, pause some milliseconds for what moves by itself), wait (a selector), clip (a
// selector).
const { mkdirSync, readFileSync } = require("node:fs");
const { chromium } = require("playwright-core");

const [address, list, folder, ...names] = process.argv.slice(2);
// A shot that fails is tried once more: on a machine with other work the first click may come too early.
const PATIENCE = 60000;
const TRIES = 2;
// Odoo keeps a websocket open, so there is no moment without any traffic to wait for.
const SETTLED = () =>
    document.fonts.status === "loaded" &&
    !document.querySelector(".o_loading_indicator, .o_blockUI") &&
    [...document.images].every((image) => image.complete);

// Not through the log-in page: the page it leads to may still be loading when the next one is asked for.
async function logIn(context, shot) {
    const call = async (path, params) => {
        const answer = await context.request.post(address + path, { data: { params } });
        const { result, error } = await answer.json();
        if (error) {
            throw new Error(`${path}: ${error.data?.message || error.message}`);
        }
        return result;
    };
    const account = { db: process.env.PROSPECT_DATABASE, login: shot.user, password: shot.user };
    const { uid } = await call("/web/session/authenticate", account);
    const args = [[uid], { lang: shot.language }];
    const what = { model: "res.users", method: "write", args, kwargs: {} };
    await call("/web/dataset/call_kw/res.users/write", what);
}

function settle(page) {
    return page.waitForFunction(SETTLED, null, { timeout: PATIENCE });
}

async function perform(page, step) {
    const options = { timeout: PATIENCE };
    if (step.click || step.fill) {
        // A list that is drawn again would swallow the click.
        await settle(page);
    }
    if (step.click) {
        await page.locator(step.click).first().click(options);
    } else if (step.fill) {
        await page.locator(step.fill).first().fill(step.text, options);
    } else if (step.hover) {
        await page.locator(step.hover).first().hover(options);
    } else if (step.press) {
        await page.keyboard.press(step.press);
    } else if (step.frame) {
        await page.frameLocator("iframe").locator(step.frame).first().waitFor(options);
    } else if (step.pause) {
        await page.waitForTimeout(step.pause);
    } else if (step.wait) {
        await page.waitForSelector(step.wait, options);
    } else {
        throw new Error(`not a step: ${JSON.stringify(step)}`);
    }
}

async function take(browser, shot, failures) {
    const context = await browser.newContext({
        viewport: { width: shot.width, height: shot.height },
        deviceScaleFactor: shot.scale,
        colorScheme: shot.dark ? "dark" : "light",
        hasTouch: shot.touch,
        isMobile: shot.touch,
        locale: shot.language.replace("_", "-"),
        reducedMotion: "reduce",
    });
    // Odoo's look-up of the company that logs in first, which is paid for and goes out.
    await context.route("**/res.company/iap_enrich_auto", (route) =>
        route.fulfill({ json: { jsonrpc: "2.0", id: null, result: true } })
    );
    const page = await context.newPage();
    page.on("response", (answer) => {
        if (answer.status() >= 400) {
            failures.push(`${shot.name}: ${answer.status()} ${answer.url()}`);
        }
    });
    page.on("pageerror", (error) => failures.push(`${shot.name}: ${error}`));
    if (!shot.public) {
        await logIn(context, shot);
    }
    if (shot.dark) {
        // What Odoo Community knows of a dark mode; its style sheets have none.
        await context.addCookies([{ name: "color_scheme", value: "dark", url: address }]);
    }
    try {
        await show(page, shot);
    } catch (error) {
        // A look at where it got stuck says more than the message.
        await page.screenshot({ path: `${process.env.PROSPECT_LOGS}/${shot.name}.png` });
        await context.close();
        throw error;
    }
    if (!failures.length) {
        const target = shot.clip ? page.locator(shot.clip).first() : page;
        await target.screenshot({ path: `${folder}/${shot.name}.png`, animations: "disabled" });
    }
    await context.close();
}

async function show(page, shot) {
    await page.goto(address + shot.path);
    if (!shot.public) {
        await page.waitForSelector(".o_web_client .o_main_navbar", { timeout: PATIENCE });
    }
    for (const step of shot.steps) {
        await perform(page, step);
    }
    await page.waitForSelector(shot.wait, { timeout: PATIENCE });
    await page.evaluate(() => document.fonts.ready);
    await settle(page);
}

// The failures of the last try, none where it went well.
async function takeAgain(browser, shot) {
    let failures = [];
    for (let tries = 0; tries < TRIES; tries++) {
        failures = [];
        try {
            await take(browser, shot, failures);
        } catch (error) {
            failures.push(`${shot.name}: ${error.message}`);
        }
        if (!failures.length) {
            break;
        }
    }
    return failures;
}

async function main() {
    const { shots, defaults = {} } = JSON.parse(readFileSync(list, "utf8"));
    const standard = {
        user: "admin",
        language: "en_US",
        width: 1366,
        height: 800,
        scale: 1,
        dark: false,
        touch: false,
        steps: [],
        wait: ".o_action_manager .o_action",
        ...defaults,
    };
    mkdirSync(folder, { recursive: true });
    const browser = await chromium.launch({
        executablePath: process.env.PROSPECT_BROWSER,
        chromiumSandbox: false,
        args: [
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ],
    });
    const failures = [];
    for (const shot of shots.filter((one) => !names.length || names.includes(one.name))) {
        const began = Date.now();
        const found = await takeAgain(browser, { ...standard, ...shot });
        const seconds = ((Date.now() - began) / 1000).toFixed(1);
        failures.push(...found);
        if (!found.length) {
            process.stdout.write(`${shot.name}\n`);
        }
        const outcome = found.length ? ": failed" : ".png";
        process.stderr.write(`       ${shot.name}${outcome}  (${seconds} s)\n`);
    }
    await browser.close();
    for (const failure of failures) {
        process.stderr.write(`       ${failure}\n`);
    }
    process.exit(failures.length ? 1 : 0);
}

main();
