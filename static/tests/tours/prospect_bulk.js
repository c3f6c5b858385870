import { registry } from "@web/core/registry";

const line = (words) => `.o_prospect_operation_line:contains(${words})`;
const tick = (name) => ({
    trigger: `.o_data_row:contains(${name}) .o_list_record_selector input`,
    run: "click",
});
const field = (name) => `.modal .o_field_widget[name=${name}] input`;
const choose = (name, text) => [
    { trigger: field(name), run: `edit ${text}` },
    { trigger: `.o-autocomplete--dropdown-item:contains(${text})`, run: "click" },
];
const preview = { trigger: ".modal button[name=action_preview]", run: "click" };

// A French salesperson changes three prospects at once, and thinks better of it.
registry.category("web_tour.tours").add("prospect_bulk", {
    url: "/odoo/prospects?view_type=list",
    steps: () => [
        { trigger: ".o_list_view .o_data_row" },
        ...["Anne", "Luc", "Zoé"].map(tick),
        {
            content: "the button comes with the selection",
            trigger: ".o_control_panel button:contains(Opération groupée)",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=title]:contains(3 prospects)" },
        {
            content: "nothing chosen is told",
            ...preview,
        },
        { trigger: ".modal:contains(Rien à faire) .modal-footer button", run: "click" },
        ...choose("list_add_ids", "Salon de printemps"),
        ...choose("status_id", "En cours"),
        { trigger: field("partner_name"), run: "edit Boulangerie Lefèvre" },
        {
            content: "empty a field on purpose",
            trigger: ".modal .o_field_widget[name=clear_function] button",
            run: "click",
        },
        preview,
        { trigger: "[data-card=updated]:contains(3)" },
        {
            content: "each change is shown as before and after",
            trigger: `${line("Luc Petit")}:contains(En cours) s:contains(Nouveau)`,
        },
        { trigger: `${line("Anne Le Goff")} s:contains(Directrice)` },
        { content: "change the settings", trigger: "button[name=action_edit]", run: "click" },
        { trigger: ".modal .o_field_widget[name=list_add_ids] .o_tag" },
        { trigger: field("partner_name"), run: "edit Café de l'Ouest" },
        preview,
        { trigger: `${line("Zoé Roy")}:contains(Café)` },
        { trigger: "button[name=action_run]:contains(3)", run: "click" },
        { trigger: "button[name=action_view_leads]" },
        { trigger: "[data-card=updated]:contains(3)" },
        { trigger: "button[name=action_undo]", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: "[data-card=reversed]:contains(3)" },
    ],
});

// Everything that matches the search, also what is not on the page.
registry.category("web_tour.tours").add("prospect_bulk_all", {
    url: "/odoo/prospects?view_type=list",
    steps: () => [
        { trigger: ".o_list_view .o_data_row" },
        {
            content: "a page of two rows",
            trigger: ".o_pager_value",
            run: "click",
        },
        { trigger: "input.o_pager_value", run: "edit 1-2 && press Enter" },
        { trigger: ".o_pager_value:contains(1-2)" },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_select_domain", run: "click" },
        { trigger: ".o_cp_action_menus button, .o_cp_action_menus .dropdown-toggle", run: "click" },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Opération groupée)",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=title]:contains(3 prospects)" },
        ...choose("list_add_ids", "Salon de printemps"),
        preview,
        { trigger: "button[name=action_run]:contains(3)", run: "click" },
        { trigger: "button[name=action_view_leads]", run: "click" },
        { trigger: ".o_kanban_record:contains(Zoé Roy)" },
    ],
});

// One prospect, from its form, on a phone.
registry.category("web_tour.tours").add("prospect_bulk_phone", {
    url: "/odoo/prospects",
    steps: () => [
        { trigger: ".o_kanban_record:contains(Luc Petit)", run: "click" },
        { trigger: ".o_form_view .o_form_sheet" },
        { trigger: ".o_cp_action_menus button", run: "click" },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Opération groupée)",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=title]:contains(1 prospect)" },
        { trigger: field("email_from"), run: "edit luc@example.com" },
        preview,
        { trigger: "button[name=action_run]", run: "click" },
        { trigger: "[data-card=updated]:contains(1)" },
        { trigger: "button[name=action_undo]" },
    ],
});
