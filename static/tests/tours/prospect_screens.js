import { registry } from "@web/core/registry";
import { column, giveReason } from "@prospect/../tests/tours/steps";

const card = ".o_kanban_record:contains(Léa Fontaine)";
const panel = (label) => `.o_search_panel_filter_value:contains("${label}")`;

// Finding, filtering, lists and junk on the screens of a French-speaking salesperson.
registry.category("web_tour.tours").add("prospect_screens", {
    url: "/odoo/prospects",
    steps: () => [
        {
            content: "find by a phone typed with spaces, as it is said in France",
            trigger: ".o_searchview_input",
            run: "edit 01 99 00 55 66",
        },
        { trigger: ".o_searchview_autocomplete .o-dropdown-item:first", run: "click" },
        { trigger: `${column("Nouveau")} ${card}` },
        { trigger: "body:not(:has(.o_kanban_record:contains(Marc Girard)))" },
        { trigger: ".o_searchview_facet .o_facet_remove", run: "click" },
        { trigger: ".o_kanban_record:contains(Marc Girard)" },
        {
            content: "filter in the left panel",
            trigger: `.o_search_panel ${panel("Salon de printemps")} input`,
            run: "click",
        },
        { trigger: "body:not(:has(.o_kanban_record:contains(Léa Fontaine)))" },
        { trigger: ".o_kanban_record:contains(Marc Girard)" },
        {
            trigger: `.o_search_panel ${panel("Salon de printemps")} input`,
            run: "click",
        },
        {
            content: "dragging to junk asks for the reason",
            trigger: `${column("Nouveau")} ${card}`,
            run: `drag_and_drop (${column("Écarté")})`,
        },
        { trigger: ".modal:contains(Écarter)" },
        { content: "Escape changes nothing", trigger: ".modal .btn-close", run: "press Escape" },
        { trigger: "body:not(:has(.modal))" },
        {
            trigger: `${column("Nouveau")} ${card}`,
            run: `drag_and_drop (${column("Écarté")})`,
        },
        ...giveReason("Adresse fausse"),
        { trigger: `body:not(:has(${column("Nouveau")} ${card}))` },
        {
            content: "open the column of the junk",
            trigger: ".o_kanban_group.o_column_folded:contains(Écarté)",
            run: "click",
        },
        {
            content: "and drag it back out",
            trigger: `${column("Écarté")} ${card}`,
            run: `drag_and_drop (${column("En cours")})`,
        },
        { trigger: `${column("En cours")} ${card}` },
        {
            content: "add members from the page of the lists",
            trigger: "[data-menu-xmlid='prospect.prospect_list_menu']",
            run: "click",
        },
        { trigger: ".o_kanban_record:contains(Salon de printemps):contains(1)" },
        {
            trigger: ".o_kanban_record:contains(Salon de printemps)",
            run: "hover && click .o_kanban_record:contains(Salon de printemps) .o_dropdown_kanban button",
        },
        { trigger: ".o-dropdown--menu a:contains(Ajouter des membres)", run: "click" },
        { trigger: ".modal .o_field_x2many_list_row_add a", run: "click" },
        {
            trigger:
                ".modal:contains(Ajouter) .o_list_view .o_data_row:contains(Léa Fontaine) input",
            run: "click",
        },
        { trigger: ".modal button.o_select_button", run: "click" },
        { trigger: ".modal .o_field_x2many .o_data_row:contains(Léa Fontaine)" },
        { trigger: ".modal footer button[name=action_add]", run: "click" },
        { trigger: ".o_kanban_record:contains(Salon de printemps):contains(2)" },
        {
            content: "a card opens the members",
            trigger: ".o_kanban_record:contains(Salon de printemps)",
            run: "click",
        },
        { trigger: card },
    ],
});
