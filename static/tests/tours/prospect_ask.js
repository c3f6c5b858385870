import { registry } from "@web/core/registry";

const button = ".o_prospect_ask_to_convert";
const anyway = ".o_form_view .o_statusbar_buttons, .o_form_view .o_cp_action_menus, .o_form_view";

// A salesperson who may not convert sees who may, and asks, in any language and width.
registry.category("web_tour.tours").add("prospect_ask", {
    steps: () => [
        { trigger: anyway },
        {
            content: "on a phone the buttons are in a menu",
            trigger: `${button}, .o_statusbar_button_dropdown_item, .o_statusbar_buttons .dropdown-toggle`,
            run({ anchor }) {
                if (!document.querySelector(".o_prospect_ask_to_convert")) {
                    anchor.click();
                }
            },
        },
        { content: "the names are there", trigger: `${button}[data-tooltip*='Prospect creator']` },
        { trigger: button, run: "click" },
        { trigger: ".modal p:contains(Prospect creator)" },
        { trigger: ".modal button[name=action_ask]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_notification:contains(Prospect creator)" },
    ],
});
