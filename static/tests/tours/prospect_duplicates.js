import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const group = ".o_prospect_group:contains(Paula Twice)";

// An administrator searches, looks side by side, and says that they are two people.
tours.add("prospect_duplicates_admin", {
    url: "/odoo/prospect-duplicates",
    steps: () => [
        { trigger: ".o_prospect_scan_text:contains(No search has been run yet)" },
        { trigger: ".o_prospect_no_duplicates" },
        { trigger: ".o_prospect_scan", run: "click" },
        { trigger: ".o_prospect_scan_text:contains(Last search on)" },
        { trigger: `${group} .badge:contains(certainly the same)` },
        { trigger: `${group} .o_prospect_pair:contains(same e-mail address)` },
        {
            content: "what differs is marked",
            trigger: `${group} td.o_differs:contains(Paula Twyce)`,
        },
        { trigger: `${group} .o_prospect_not_duplicates`, run: "click" },
        { trigger: ".o_notification:contains(Remembered for everybody)" },
        { trigger: `body:not(:has(${group}))` },
        { content: "the decision has a name", trigger: ".o_prospect_decided", run: "click" },
        { trigger: `${group}:contains(Not duplicates, says Prospect manager)` },
        { trigger: `${group} .o_prospect_reopen`, run: "click" },
        { trigger: `body:not(:has(${group}))` },
        { trigger: ".btn-group button:contains(To decide)", run: "click" },
        { trigger: `${group} .o_prospect_not_duplicates`, run: "click" },
        { trigger: `body:not(:has(${group}))` },
        {
            content: "one can change one's mind",
            trigger: ".o_notification button:contains(Undo)",
            run: "click",
        },
        { trigger: group },
        { content: "open one of them", trigger: `${group} th button:first`, run: "click" },
        {
            content: "on the form of prospects",
            trigger: ".o_form_view .o_statusbar_status:has(button:contains(New))",
        },
    ],
});

const quick = ".o_kanban_quick_create";

// A salesperson is warned while typing, and goes on or not.
tours.add("prospect_duplicates_typing", {
    url: "/odoo/prospects?view_type=kanban",
    steps: () => [
        { trigger: ".o_kanban_renderer" },
        { trigger: ".o-kanban-button-new", run: "click" },
        { trigger: `${quick} [name=contact_name] input`, run: "edit Somebody Else" },
        { trigger: `${quick} [name=email_from] input`, run: "edit paula@twice.test" },
        { trigger: `${quick} [name=phone] input`, run: "click" },
        {
            content: "a link to who exists already",
            trigger: `${quick} .o_prospect_existing a[href*='/odoo/prospects/']:contains(Paula Twice)`,
        },
        { trigger: `${quick} .o_prospect_existing:contains(same e-mail address)` },
        {
            content: "a colleague's is told without its name",
            trigger: `${quick} [name=email_from] input`,
            run: "edit secret@hidden.test",
        },
        { trigger: `${quick} [name=phone] input`, run: "click" },
        { trigger: `${quick} .o_prospect_existing:contains(a colleague's prospect)` },
        { trigger: `${quick}:not(:contains(Secret))` },
        {
            content: "nobody is matched by that address",
            trigger: `${quick} [name=email_from] input`,
            run: "edit nobody@new.test",
        },
        { trigger: `${quick} [name=phone] input`, run: "click" },
        { trigger: `${quick}:not(:has(.o_prospect_existing))` },
        { trigger: ".o_kanban_cancel", run: "click" },
        { trigger: `body:not(:has(${quick}))` },
    ],
});

// The same on the whole form.
tours.add("prospect_duplicates_form", {
    url: "/odoo/prospects/new",
    steps: () => [
        { trigger: ".o_form_view [name=first_name] input", run: "edit Someone" },
        { trigger: ".o_form_view [name=email_from] input", run: "edit paula@twice.test" },
        { trigger: ".o_form_view [name=last_name] input", run: "click" },
        { trigger: ".o_form_view .o_prospect_existing a:contains(Paula Twice)" },
        { trigger: ".o_form_button_cancel", run: "click" },
        { trigger: "body:not(:has(.o_prospect_existing))" },
    ],
});
