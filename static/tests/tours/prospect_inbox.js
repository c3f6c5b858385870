import { registry } from "@web/core/registry";

// A sales administrator puts right what a form has sent, and replays it.
registry.category("web_tour.tours").add("prospect_inbox", {
    url: "/odoo/prospect-inbox",
    steps: () => [
        {
            content: "the message waits, with the reason",
            trigger: ".o_data_row:contains(To Correct)",
        },
        { trigger: ".o_data_row .o_data_cell:contains(To Correct)", run: "click" },
        { trigger: ".o_form_view .alert:contains(give one)" },
        {
            trigger: ".o_field_widget[name=line_ids] .o_data_row:contains(courriel) td[name=value]",
            run: "click",
        },
        {
            trigger: ".o_selected_row td[name=value] textarea",
            run: "edit anne.roy@example.com",
        },
        {
            content: "what was received stays readable beside it",
            trigger: ".o_notebook .nav-link:contains(As Received)",
            run: "click",
        },
        { trigger: ".o_field_widget[name=payload_html]:contains(anne.roy at example.com)" },
        { trigger: "button[name=action_replay]", run: "click" },
        { trigger: ".o_notification:contains(Done)" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)" },
        {
            trigger: ".o_field_widget[name=lead_id] a",
        },
        {
            content: "the next one is advertising",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "what is done has gone from the list",
            trigger: "body:has(.o_list_view):has(.o_pager_value:contains(1-1))",
        },
        { trigger: ".o_list_view .o_data_row .o_list_record_selector input", run: "click" },
        { trigger: ".o_control_panel button:contains(Ignore)", run: "click" },
        { trigger: ".modal .o_field_widget[name=reason] input", run: "edit Advertising" },
        { trigger: ".modal button[name=action_ignore]", run: "click" },
        {
            content: "nothing is left to correct",
            trigger: ".o_list_view .o_view_nocontent_smiling_face",
        },
    ],
});
