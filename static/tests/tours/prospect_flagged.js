import { registry } from "@web/core/registry";

// A salesperson sees why a prospect is doubtful, and says what is fine.
registry.category("web_tour.tours").add("prospect_flagged", {
    url: "/odoo/prospects",
    steps: () => [
        {
            content: "the card has a red mark",
            trigger: ".o_kanban_record:contains(Tour Flagged) .o_prospect_flag.text-danger",
        },
        {
            content: "the reasons appear on hover",
            trigger: ".o_kanban_record:contains(Tour Flagged) .o_prospect_flag",
            run: "hover",
        },
        { trigger: ".o_prospect_flag_tooltip li:contains(role address)" },
        { trigger: ".o_prospect_flag_tooltip li:contains(not a phone number)" },
        {
            content: "others have none",
            trigger: ".o_kanban_record:contains(Tour Fine):not(:has(.o_prospect_flag))",
        },
        { trigger: ".o_switch_view.o_list", run: "click" },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_filter_menu .o-dropdown-item:text(Flagged)", run: "click" },
        { trigger: ".o_list_view:not(:contains(Tour Fine))" },
        { trigger: ".o_data_row:contains(Tour Flagged) .o_prospect_flag" },
        { trigger: ".o_data_row .o_data_cell:contains(Tour Flagged)", run: "click" },
        {
            trigger: ".o_form_view .o_prospect_flag_reasons:contains(not a phone number)",
        },
        {
            content: "the address is fine",
            trigger: ".o_prospect_flag_reasons button[data-code=email_role]",
            run: "click",
        },
        {
            trigger:
                ".o_prospect_flag_reasons:not(:has([data-code=email_role])):has([data-code=phone_impossible])",
        },
        {
            content: "the phone is corrected",
            trigger: ".o_field_widget[name=phone] input",
            run: "edit +33 6 12 34 56 78",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_view:not(:has(.o_prospect_flag_reasons))" },
        { trigger: ".o_notebook .nav-link:contains(History)", run: "click" },
        { trigger: "[name=flag_dismissal_ids] .o_data_row:contains(role address)" },
    ],
});

// An undeliverable address is corrected where it stands.
registry.category("web_tour.tours").add("prospect_addresses", {
    url: "/odoo/prospect-addresses",
    steps: () => [
        {
            content: "one row for both prospects",
            trigger: ".o_data_row:contains(gone@acme.example.com) td[name=lead_count]:contains(2)",
        },
        { trigger: ".o_data_row td[name=reason]:contains(Does not exist)" },
        { trigger: ".o_data_row td[name=correction]", run: "click" },
        {
            trigger: ".o_selected_row td[name=correction] input",
            run: "edit here@acme.example.com",
        },
        { trigger: ".o_list_button_save", run: "click" },
        { trigger: ".o_data_row:not(.o_selected_row) td[name=lead_count]:contains(0)" },
    ],
});
