import { registry } from "@web/core/registry";

const chosen = (label) => `.modal .o_prospect_report_chosen:contains(${label})`;

// A salesperson asks for what a search shows, with saved columns and one more.
registry.category("web_tour.tours").add("prospect_report", {
    url: "/odoo/prospects?view_type=list",
    steps: () => [
        { trigger: ".o_list_view .o_data_row:contains(Luc Petit)" },
        { trigger: ".o_searchview_input", run: "edit Le Goff" },
        { trigger: ".o_searchview_input", run: "press Enter" },
        { trigger: ".o_list_view:not(:contains(Luc Petit)) .o_data_row" },
        {
            content: "nothing is ticked: it is about all that the search shows",
            trigger: ".o_control_panel button:contains(Report)",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=title]:contains(1 prospect)" },
        { trigger: ".modal .o_field_widget[name=template_id] input", run: "edit Names and" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Names and job)", run: "click" },
        { trigger: chosen("First Name") },
        {
            content: "how the first rows will look",
            trigger: ".modal .o_prospect_report_preview td:contains(Anne)",
        },
        { trigger: ".modal .o_prospect_report_columns input[type=search]", run: "edit positio" },
        {
            trigger: ".modal .o_prospect_report_choice[data-key=function] input",
            run: "click",
        },
        { trigger: chosen("Job Position") },
        {
            content: "the column of the last name is not needed",
            trigger: ".modal .o_prospect_report_chosen[data-key=last_name] button",
            run: "click",
        },
        { trigger: ".modal:not(:has(.o_prospect_report_chosen[data-key=last_name]))" },
        { trigger: ".modal [name=file_format] input[data-value=csv]", run: "click" },
        { trigger: ".modal button[name=action_ask]", run: "click" },
        { trigger: ".o_notification:contains(report)" },
        { trigger: "body:not(:has(.modal))" },
        {
            trigger: ".o_menu_sections [data-menu-xmlid='prospect.prospect_menu_reporting']",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='prospect.prospect_report_menu']",
            run: "click",
        },
        { trigger: ".o_data_row:contains(Ready) .o_data_cell", run: "click" },
        { trigger: ".o_form_view .alert-success:contains(1 prospect)" },
        { trigger: "button[name=action_download]", run: "click" },
        { trigger: "button[name=action_again]", run: "click" },
        { trigger: chosen("Job Position") },
        { trigger: ".modal button[special=cancel], .modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

// On a phone, from the form of a list.
registry.category("web_tour.tours").add("prospect_report_phone", {
    url: "/odoo/prospect-lists",
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Salon de printemps) .o_dropdown_kanban button",
            run: "click",
        },
        { trigger: ".o-dropdown--menu a[name=action_report]", run: "click" },
        { trigger: ".modal .o_field_widget[name=title]:contains(2 prospects)" },
        { trigger: chosen("Email") },
        { trigger: ".modal button[name=action_ask]", run: "click" },
        { trigger: ".o_notification:contains(report)" },
    ],
});
