import { click, queryFirst } from "@odoo/hoot-dom";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

const back = ".o_back_button, .breadcrumb-item:last-child a";
const menu = ".o-dropdown--menu";
const one = ".o_prospect_group:contains(Odile Quernec)";

const WORDS = {
    en: {
        bulk: "Bulk operation",
        same: "Same company",
        alike: "Possible duplicate",
        of: "Only: Odile Quernec",
        nobody: "Nobody looks like this person",
        lost: /Lost/i,
    },
    fr: {
        bulk: "Opération groupée",
        same: "Même société",
        alike: "Doublon possible",
        of: "Uniquement",
        nobody: "Personne ne ressemble",
        lost: /perdu/i,
    },
};
// other languages load the tours too
const words = WORDS[user.lang.slice(0, 2)] || WORDS.en;

/** On a phone the buttons over the form are in a menu. */
const openBox = {
    trigger: ".o_form_view .o-form-buttonbox",
    async run() {
        const more = queryFirst(".o_button_more");
        if (more) {
            await click(more);
        }
    },
};

// From the form of a prospect to who is of its company, and to who may be the same person.
registry.category("web_tour.tours").add("prospect_alike", {
    steps: () => [
        { trigger: ".o_form_view .o_statusbar_status" },
        { trigger: ".o_form_view .o_cp_action_menus button", run: "click" },
        {
            content: "what is Odoo's, and does the same, is not offered beside ours",
            trigger: `${menu} .o-dropdown-item:contains(${words.bulk})`,
            run() {
                const text = document.querySelector(".o-dropdown--menu").textContent;
                if (words.lost.test(text)) {
                    throw new Error(`The menu offers: ${text}`);
                }
            },
        },
        { trigger: ".o_form_view .o_cp_action_menus button", run: "click" },
        { trigger: `body:not(:has(${menu}))` },
        openBox,
        {
            trigger: `button[name=action_prospect_open_colleagues]:contains(2):contains(${words.same})`,
            run: "click",
        },
        { trigger: ".o_kanban_view .o_kanban_record:contains(Hubert Vauquelin)" },
        { trigger: ".o_kanban_view .o_kanban_record:contains(Odile Kernec)" },
        { trigger: ".o_kanban_view:not(:has(.o_kanban_record:contains(Odile Quernec)))" },
        { trigger: back, run: "click" },
        openBox,
        {
            trigger: `button[name=action_prospect_open_duplicates]:contains(1):contains(${words.alike})`,
            run: "click",
        },
        { trigger: `.o_prospect_of_one:contains(${words.of})` },
        { trigger: `${one}:contains(Odile Kernec)` },
        { trigger: `${one} .o_prospect_not_duplicates`, run: "click" },
        { trigger: `.o_prospect_no_duplicates:contains(${words.nobody})` },
        { trigger: ".o_notification_buttons button", run: "click" },
        { trigger: one },
        { trigger: ".o_prospect_of_one button", run: "click" },
        { trigger: "body:not(:has(.o_prospect_of_one))" },
        { trigger: one },
        { trigger: back, run: "click" },
        openBox,
        { trigger: "button[name=action_prospect_open_duplicates]:contains(1)" },
    ],
});
