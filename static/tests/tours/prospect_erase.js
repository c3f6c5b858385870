import { registry } from "@web/core/registry";

// A sales administrator erases a person, and lets them come back.
registry.category("web_tour.tours").add("prospect_erase", {
    steps: () => [
        { trigger: ".o_form_view .o_cp_action_menus button", run: "click" },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains(Erase This Person)",
            run: "click",
        },
        {
            content: "says what will go",
            trigger: ".modal .o_field_widget[name=summary] td:contains(Lead)",
        },
        { trigger: ".modal footer button[name=action_erase]", run: "click" },
        {
            content: "the receipt has counts",
            trigger: ".o_form_view .o_field_widget[name=receipt_html] td:contains(deleted)",
        },
        { trigger: "body:not(:has(.modal))" },
        { trigger: "[data-menu-xmlid='prospect.prospect_menu_quality']", run: "click" },
        { trigger: "[data-menu-xmlid='prospect.prospect_tombstone_menu']", run: "click" },
        { trigger: ".o_list_view .o_data_row" },
        { trigger: ".o_searchview_input", run: "edit nora.newman@nobody.example.com" },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        { trigger: ".o_searchview_facet:contains(nora.newman)" },
        {
            content: "found by an address that is kept nowhere",
            trigger: ".o_list_view .o_data_row:contains(Prospecting)",
        },
        { trigger: ".o_data_row .o_list_record_selector input", run: "click" },
        { trigger: ".o_control_panel button:contains(Let Them Come Back)", run: "click" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit Wrote again" },
        { trigger: ".modal footer button[name=action_lift]", run: "click" },
        {
            content: "nobody is refused any more",
            trigger: "body:not(:has(.modal)):not(:has(.o_data_row))",
        },
    ],
});
