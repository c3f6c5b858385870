import { registry } from "@web/core/registry";

const card = ".o_kanban_record:contains(Nina Lopez)";

// The same salesperson on a phone: a prospect met a minute ago.
registry.category("web_tour.tours").add("prospect_phone", {
    url: "/odoo/prospects",
    steps: () => [
        { trigger: ".o_kanban_view" },
        { trigger: ".o-kanban-button-new", run: "click" },
        {
            trigger: ".o_kanban_quick_create [name=contact_name] input",
            run: "edit Nina Lopez",
        },
        {
            trigger: ".o_kanban_quick_create [name=phone] input",
            run: "edit 06 12 34 56 78",
        },
        { trigger: ".o_kanban_quick_create .o_kanban_edit", run: "click" },
        { trigger: ".o_field_widget[name=last_name] input:value(Lopez)" },
        {
            content: "the status is a button that opens the others",
            trigger: ".o_statusbar_status .dropdown-toggle:contains(Nouveau)",
            run: "click",
        },
        { trigger: ".o-dropdown--menu .o-dropdown-item:contains(En cours)", run: "click" },
        { trigger: ".o_statusbar_status .dropdown-toggle:contains(En cours)" },
        { trigger: ".o_back_button", run: "click" },
        { trigger: `.o_kanban_view ${card}:not(:visible), .o_kanban_view ${card}` },
    ],
});
