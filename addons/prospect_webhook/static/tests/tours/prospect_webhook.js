import { registry } from "@web/core/registry";

const SAMPLE = JSON.stringify({
    contact: { mail: "lea@hook.example.com", first_name: "Léa" },
    theme: "Summer party",
});
const row = (key) => `.o_field_widget[name=field_ids] .o_data_row:contains(${key})`;

// A sales administrator sets up a webhook on an example, and sees what becomes of it.
registry.category("web_tour.tours").add("prospect_webhook_set_up", {
    url: "/odoo/prospect-webhooks",
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=name] input", run: "edit Party planner" },
        {
            content: "the address is there once it is saved",
            trigger: ".o_form_button_save",
            run: "click",
        },
        { trigger: ".o_field_widget[name=url]:contains(/prospect/hook/)" },
        { trigger: ".o_field_widget[name=source_id] input:value(Party planner)" },
        { trigger: ".o_field_widget[name=sample] textarea", run: `edit ${SAMPLE}` },
        { trigger: "button[name=action_read_sample]", run: "click" },
        {
            content: "keys that say what they are have their field",
            trigger: `${row("contact.mail")} td[name=target]:contains(Email)`,
        },
        {
            content: "what becomes of it is shown beside it",
            trigger: ".o_field_widget[name=preview_html] td:contains(lea@hook.example.com)",
        },
        { trigger: `${row("theme")} td[name=target]`, run: "click" },
        { trigger: ".o_selected_row td[name=target] input", run: "click" },
        { trigger: ".o_select_menu_item:contains(Opportunity Name)", run: "click" },
        {
            trigger: ".o_field_widget[name=preview_html] td:contains(Summer party)",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".nav-link:contains(How to Send)", run: "click" },
        { trigger: ".o_field_widget[name=example]:contains(webhook-signature)" },
        { trigger: "button[name=action_new_secret]", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: ".alert-info:contains(former secret remains)" },
        { trigger: "button[name=action_forget_former]", run: "click" },
        { trigger: ".o_form_view:not(:has(button[name=action_forget_former]))" },
    ],
});

// What has come, and what was refused, is told on the page.
registry.category("web_tour.tours").add("prospect_webhook_messages", {
    url: "/odoo/prospect-webhooks",
    steps: () => [
        { trigger: ".o_data_row:contains(Party planner) td[name=name]", run: "click" },
        { trigger: ".alert-warning:contains(signature does not match)" },
        { trigger: "button[name=action_view_messages]", run: "click" },
        { trigger: ".o_breadcrumb:contains(Messages of Party planner)" },
        { trigger: ".o_data_row:contains(Waiting)" },
    ],
});

// On a phone: cards, and the same page.
registry.category("web_tour.tours").add("prospect_webhook_phone", {
    url: "/odoo/prospect-webhooks",
    steps: () => [
        { trigger: ".o_kanban_record:contains(Party planner)", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=url]" },
        { trigger: ".o_field_widget[name=field_ids] .o_kanban_record:contains(contact.mail)" },
        {
            content: "nothing is wider than the screen",
            trigger: ".o_form_view",
            run() {
                const { scrollWidth, clientWidth } = document.querySelector(".o_content");
                if (scrollWidth > clientWidth) {
                    throw new Error(`${scrollWidth} pixels on a screen of ${clientWidth}`);
                }
            },
        },
    ],
});
