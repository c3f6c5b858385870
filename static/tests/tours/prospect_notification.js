import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// An administrator lets the managers hear of the website.
tours.add("prospect_notification_rule", {
    url: "/odoo/prospect-notification-rules",
    steps: () => [
        { trigger: ".o_view_nocontent:contains(Choose who gets notified)" },
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Managers hear of the website",
        },
        { trigger: ".o_field_widget[name=group_ids] input", run: "edit Prospect recipients" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Prospect recipients)", run: "click" },
        { trigger: ".o_field_widget[name=source_ids] input", run: "edit Web form" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Web form)", run: "click" },
        { trigger: ".o_field_widget[name=source_ids] .o_tag:contains(Web form)" },
        { trigger: ".o_field_widget[name=by_popup] input", run: "click" },
        { trigger: ".o_field_widget[name=frequency] label:contains(At once)" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.o_form_button_save:visible))" },
        {
            content: "who that is",
            trigger: "button[name=action_view_people]:contains(1)",
            run: "click",
        },
        { trigger: ".o_data_row:contains(Prospect manager)" },
    ],
});

// The manager is told by a pop-up and in the inbox, and opens the prospect.
tours.add("prospect_notification_inbox", {
    url: "/odoo/discuss",
    steps: () => [
        {
            content: "the pop-up comes over the bus",
            trigger: ".o_prospect_popup:contains(New prospect: Marie Dupont)",
        },
        { trigger: ".o-mail-DiscussSidebar-item:contains(Inbox)", run: "click" },
        { trigger: ".o-mail-Message:contains(New prospect: Marie Dupont)" },
        { trigger: ".o-mail-Message a:contains(Open the prospect)" },
        { trigger: ".o_prospect_popup button:contains(Open)", run: "click" },
        { trigger: ".o_form_view .o_prospect_care:contains(Unassigned)" },
        { trigger: ".o_prospect_care_told:contains(Prospect manager)" },
    ],
});

// The salesperson comes from the button of the e-mail, and does what is to be done.
tours.add("prospect_notification_task", {
    steps: () => [
        {
            content: "the task is open over the prospect",
            trigger: ".modal .o_prospect_task [name=summary] input:value(Welcome call)",
        },
        { trigger: ".o_form_view .o_prospect_care_owner:contains(Prospect salesman)" },
        {
            trigger: ".modal .o_prospect_task [name=feedback] textarea",
            run: "edit Reached, wants an offer",
        },
        { trigger: ".modal button[name=action_prospect_done]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_prospect_care_todo:contains(Nothing planned)" },
        { trigger: ".o-mail-Chatter:contains(Reached, wants an offer)" },
    ],
});
