import { expect, test } from "@odoo/hoot";
import { click, press, queryAllTexts, queryAllValues, select, waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { mailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

defineModels(mailModels);

const ROLES = [
    { key: "creator", role: "creator", group_id: false, label: "Creator", help: "" },
    { key: "group-7", role: "group", group_id: 7, label: "Salespeople", help: "" },
];

function getMatrix({ creator = "own", group = false, inherited = false, changes = [] } = {}) {
    const cell = (key, scope, scopes, inherits = false) => ({
        key,
        scope,
        scopes,
        inherited: inherits,
    });
    return {
        roles: ROLES,
        operations: [
            {
                operation: "convert",
                label: "Convert",
                help: "",
                is_empty: !creator && !group,
                cells: [
                    cell("creator", creator, ["own"]),
                    cell("group-7", group, ["own", "team", "all"], inherited),
                ],
            },
            {
                operation: "import",
                label: "Import",
                help: "",
                is_empty: false,
                cells: [cell("creator", false, []), cell("group-7", "all", ["all"])],
            },
        ],
        companies: [{ id: 1, name: "One" }],
        changes,
    };
}

async function openPage() {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "prospect_rights" });
    await waitFor(".o_prospect_rights_table");
}

const cell = (operation, role) => `tr[data-operation=${operation}] td[data-role=${role}]`;

test("the whole matrix, with the choices that each cell has", async () => {
    onRpc("prospect.right", "get_matrix", () =>
        getMatrix({ inherited: { scope: "team", source: "Everybody" } })
    );
    await openPage();
    expect(queryAllTexts("thead th")).toEqual(["Right", "Creator", "Salespeople"]);
    expect(queryAllValues(`${cell("convert", "creator")} select`)).toEqual(["own"]);
    expect(queryAllTexts(`${cell("convert", "creator")} option`)).toEqual(["No", "Yes"]);
    expect(queryAllTexts(`${cell("convert", "group-7")} option`)).toEqual([
        "(Team)",
        "Own",
        "Team",
        "All",
    ]);
    expect(queryAllTexts(`${cell("import", "group-7")} option`)).toEqual(["No", "Yes"]);
    expect(`${cell("import", "creator")} select`).toHaveCount(0);
    expect(`${cell("convert", "group-7")} .text-muted`).toHaveText("as Everybody");
    expect("select[aria-label='Convert: Salespeople']").toHaveCount(1);
    expect(".o_prospect_rights select#o_prospect_rights_company").toHaveCount(0);
    expect(".o_prospect_rights:contains(No right has been changed)").toHaveCount(1);
});

test("a wider right from elsewhere is told beside the cell's own", async () => {
    onRpc("prospect.right", "get_matrix", () =>
        getMatrix({ group: "own", inherited: { scope: "all", source: "Everybody" } })
    );
    await openPage();
    expect(`${cell("convert", "group-7")} .text-muted`).toHaveText("All, as Everybody");
    expect(queryAllValues(`${cell("convert", "group-7")} select`)).toEqual(["own"]);
});

test("a cell is changed, saved at once and told in the history", async () => {
    const state = {};
    onRpc("prospect.right", "get_matrix", () => getMatrix(state));
    onRpc("prospect.right", "set_cell", ({ args }) => {
        expect.step(args);
        state.group = args[4];
        state.changes = [
            {
                id: 1,
                date: "today",
                user: "Ana",
                right: "Convert",
                role: "Salespeople",
                company: "",
                old: false,
                new: args[4],
            },
        ];
        return true;
    });
    await openPage();
    await click(`${cell("convert", "group-7")} select`);
    await select("team");
    await animationFrame();
    expect.verifySteps([["convert", "group", 7, false, "team"]]);
    expect(`${cell("convert", "group-7")}.o_given`).toHaveCount(1);
    expect(`${cell("convert", "group-7")} select`).toBeFocused({
        message: "who goes on with the keyboard goes on from here",
    });
    expect(".o_prospect_rights_changes li").toHaveText(
        "today, Ana: Convert, Salespeople: No → Team"
    );
});

test("a right that nobody has stands out", async () => {
    const state = {};
    onRpc("prospect.right", "get_matrix", () => getMatrix(state));
    onRpc("prospect.right", "set_cell", ({ args }) => {
        expect.step(args);
        state.creator = args[4];
        return true;
    });
    await openPage();
    expect(".o_prospect_rights .badge").toHaveCount(0);
    await click(`${cell("convert", "creator")} select`);
    await select("");
    await animationFrame();
    expect.verifySteps([["convert", "creator", false, false, false]]);
    expect("tr[data-operation=convert] .badge").toHaveText("Nobody has this right");
});

test("resetting is asked about first", async () => {
    onRpc("prospect.right", "get_matrix", () => getMatrix());
    onRpc("prospect.right", "reset_defaults", () => {
        expect.step("reset");
        return true;
    });
    await openPage();
    await click(".o_control_panel button:contains(Reset to defaults)");
    await waitFor(".modal:contains(all companies)");
    await press("Escape");
    await animationFrame();
    expect(".modal").toHaveCount(0);
    await click(".o_control_panel button:contains(Reset to defaults)");
    await waitFor(".modal");
    await click(".modal footer .btn-primary");
    await animationFrame();
    expect.verifySteps(["reset"]);
});
