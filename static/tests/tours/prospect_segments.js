import { registry } from "@web/core/registry";

const tab = (name) => `.o_prospect_segment:contains(${name})`;
const menu = (name) => ({
    trigger: `${tab(name)} .o_prospect_segment_menu`,
    run: "click",
});
const item = (selector) => ({
    trigger: `.o_prospect_segment_dropdown ${selector}`,
    run: "click",
});
const method = (name) => item(`[data-method=action_${name}]`);
const preset = ".o_prospect_segment[data-preset]";

// A French salesperson keeps a search, puts it first, and works with it.
registry.category("web_tour.tours").add("prospect_segments", {
    url: "/odoo/prospects?view_type=list",
    steps: () => [
        { trigger: ".o_list_view .o_data_row" },
        { content: "what comes with Prospect", trigger: preset },
        { trigger: ".o_searchview_input", run: "edit boulangerie" },
        { trigger: ".o_searchview_autocomplete .o-dropdown-item:first", run: "click" },
        { trigger: ".o_searchview_facet:contains(boulangerie)" },
        { trigger: ".o_prospect_segment_save", run: "click" },
        {
            trigger: ".o_prospect_segment_save_menu input[type=text]",
            run: "edit Boulangeries",
        },
        { trigger: ".o_prospect_segment_save_apply", run: "click" },
        {
            content: "the search is the segment",
            trigger: ".o_searchview_facet:contains(Boulangeries)",
        },
        {
            content: "how many there are",
            trigger: `${tab("Boulangeries")}.active .o_prospect_segment_count:contains(2)`,
        },
        {
            content: "put it first",
            trigger: tab("Boulangeries"),
            run: `drag_and_drop (${preset}:first)`,
        },
        { trigger: `.o_prospect_segment:first-child:contains(Boulangeries)` },
        {
            content: "stacked with a search",
            trigger: ".o_searchview_input",
            run: "edit Zoé",
        },
        { trigger: ".o_searchview_autocomplete .o-dropdown-item:first", run: "click" },
        { trigger: ".o_searchview_facet:contains(Zoé)" },
        { trigger: ".o_data_row:contains(Zoé Roy)" },
        { trigger: "body:not(:has(.o_data_row:contains(Luc Petit)))" },
        { content: "and off again", trigger: `${tab("Boulangeries")} [role=tab]`, run: "click" },
        { trigger: "body:not(:has(.o_searchview_facet:contains(Boulangeries)))" },
        menu("Boulangeries"),
        item(".o_prospect_segment_edit"),
        {
            content: "Odoo's editor of filters",
            trigger:
                ".modal .o_field_widget[name=domain] .o_domain_selector, .modal .o_field_widget[name=domain] .o_tree_editor",
        },
        { trigger: ".modal .o_field_widget[name=name] input", run: "edit Boulangers" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        menu("Boulangers"),
        method("open"),
        { trigger: ".o_breadcrumb:contains(Boulangers)" },
        { trigger: ".o_kanban_record:contains(Luc Petit)" },
        { trigger: "body:not(:has(.o_prospect_segments))" },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a", run: "click" },
        menu("Boulangers"),
        method("bulk"),
        { trigger: ".modal .o_field_widget[name=title]:contains(2 prospects)" },
        { trigger: ".modal .btn-close", run: "click" },
    ],
});

// A sales administrator shares a segment and syncs to a list from it.
registry.category("web_tour.tours").add("prospect_segments_sync", {
    url: "/odoo/prospects?view_type=list",
    steps: () => [
        { trigger: ".o_list_view .o_data_row" },
        menu("Bakeries"),
        item(".o_prospect_segment_edit"),
        { trigger: ".modal .o_field_widget[name=is_shared] input", run: "check" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: `${tab("Bakeries")}:not(:has(.fa-lock))` },
        menu("Bakeries"),
        method("sync"),
        { trigger: ".modal .o_field_widget[name=list_id] input", run: "edit Salon de" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Salon de printemps)", run: "click" },
        {
            content: "who joins",
            trigger: ".modal .o_field_widget[name=join_count]:contains(2)",
        },
        { trigger: ".modal .o_radio_input[data-value=mirror]", run: "click" },
        {
            content: "who would leave",
            trigger: ".modal .o_field_widget[name=leave_count]:contains(1)",
        },
        { trigger: ".modal .o_field_widget[name=is_confirmed] input", run: "check" },
        { trigger: ".modal button[name=action_start]", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=joined_count]:contains(2)" },
        { trigger: ".o_field_widget[name=left_count]:contains(1)" },
        { trigger: "button[name=action_refresh]", run: "click" },
        { trigger: ".o_field_widget[name=joined_count]:contains(0)" },
    ],
});

// The bar on a phone.
registry.category("web_tour.tours").add("prospect_segments_phone", {
    url: "/odoo/prospects",
    steps: () => [
        { trigger: ".o_kanban_view" },
        {
            content: "all tabs are in one line",
            trigger: `${tab("Boulangeries")} [role=tab]`,
            run: "click",
        },
        { trigger: ".o_prospect_segment.active:contains(Boulangeries)" },
        { trigger: ".o_kanban_record:contains(Luc Petit)" },
        { trigger: "body:not(:has(.o_kanban_record:contains(Anne Le Goff)))" },
        menu("Boulangeries"),
        { trigger: ".o_prospect_segment_back", run: "click" },
        { trigger: "body:not(:has(.o_prospect_segment_back))" },
        { trigger: `${tab("Boulangeries")} [role=tab]`, run: "click" },
        { trigger: ".o_kanban_record:contains(Anne Le Goff)" },
    ],
});
