import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const cell = "tr[data-operation=convert] td[data-role=assigned]";
const convert = ".o_statusbar_buttons button:not(.o_prospect_ask_to_convert):contains(/Convert/)";
const question = ".modal .o_form_view";
const answered = (text) => `${question} .alert:visible:contains(${text})`;

// An administrator reads the matrix, asks about a person, and gives a right.
tours.add("prospect_rights_admin", {
    url: "/odoo/prospect-rights",
    steps: () => [
        { trigger: `${cell}:not(.o_given) select` },
        { trigger: ".o_prospect_rights:contains(No right has been changed)" },
        {
            content: "why may the salesperson not convert?",
            trigger: ".o_control_panel button:contains(Check access)",
            run: "click",
        },
        {
            trigger: `${question} .o_field_widget[name=user_id] input`,
            run: "edit Prospect salesman",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Prospect salesman):first",
            run: "click",
        },
        {
            trigger: `${question} .o_field_widget[name=lead_id] input`,
            run: "edit Paula Added",
        },
        { trigger: ".o-autocomplete--dropdown-item:contains(Paula Added)", run: "click" },
        { trigger: answered("No, they may not") },
        { trigger: answered("Creator: Prospect creator") },
        {
            content: "who added it may",
            trigger: `${question} .o_field_widget[name=user_id] input`,
            run: "edit Prospect creator",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Prospect creator):first",
            run: "click",
        },
        { trigger: answered("Yes, they may") },
        { trigger: answered("Prospect creator added it on") },
        { trigger: ".modal button[special=cancel]", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "another group becomes a column",
            trigger: ".o_control_panel button:contains(Add a group)",
            run: "click",
        },
        { trigger: ".modal .o_searchview_input", run: "edit Closers" },
        { trigger: ".o_searchview_autocomplete .o-dropdown-item:first", run: "click" },
        { trigger: ".modal .o_data_row:only-child .o_data_cell:contains(Closers)", run: "click" },
        { trigger: ".o_prospect_rights_table thead th:last-child:contains(Closers)" },
        {
            trigger: "tr[data-operation=merge] td:last-child select",
            run: "select team",
        },
        { trigger: "tr[data-operation=merge] td:last-child.o_given" },
        { content: "the salesperson gets the right", trigger: `${cell} select`, run: "select own" },
        { trigger: `${cell}.o_given` },
        {
            content: "it is remembered who gave it",
            trigger:
                ".o_prospect_rights_changes li:contains(Prospect manager):contains(Its salesperson: No → Own)",
        },
    ],
});

// The administrator goes back to what was installed.
tours.add("prospect_rights_reset", {
    url: "/odoo/prospect-rights",
    steps: () => [
        { trigger: `${cell}.o_given select` },
        { trigger: ".o_control_panel button:contains(Reset to defaults)", run: "click" },
        { trigger: ".modal:contains(all companies) footer .btn-primary", run: "click" },
        { trigger: ".o_notification:contains(are the defaults)" },
        { trigger: `${cell}:not(.o_given) select` },
    ],
});

const open = [
    { trigger: ".o_kanban_record:contains(Paula Added)", run: "click" },
    { trigger: ".o_form_view .o_statusbar_buttons button:contains(Junk)" },
];

// Without the right, there is no button; and no way to the page of the rights.
tours.add("prospect_rights_without", {
    url: "/odoo/prospects?view_type=kanban",
    steps: () => [
        { trigger: "body:not(:has([data-menu-xmlid='prospect.prospect_menu_configuration']))" },
        ...open,
        { trigger: `body:not(:has(${convert}))` },
    ],
});

// With it, the same salesperson converts.
tours.add("prospect_rights_with", {
    url: "/odoo/prospects?view_type=kanban",
    steps: () => [...open, { trigger: convert }],
});
