import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const row = ".o_field_widget[name=member_ids] .o_selected_row";
const addMember = (name) => [
    { trigger: ".o_field_widget[name=member_ids] .o_field_x2many_list_row_add a", run: "click" },
    { trigger: `${row} .o_field_widget[name=user_id] input:value(/^$/):focus` },
    { trigger: `${row} .o_field_widget[name=user_id] input`, run: `edit ${name}` },
    { trigger: `.o-autocomplete--dropdown-item:contains(/^${name}$/)`, run: "click" },
    { trigger: `${row} .o_field_widget[name=user_id] input:value(/^${name}$/)` },
];

// An administrator sets up a rotation of three people.
tours.add("prospect_rotation_set_up", {
    url: "/odoo/prospect-rotation",
    steps: () => [
        { trigger: ".o_nocontent_help:contains(in turn)" },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=team_id] input", run: "edit Prospect team" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Prospect team)", run: "click" },
        ...["Ana", "Ben", "Cleo"].flatMap(addMember),
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "who is next",
            trigger: ".o_field_widget[name=member_ids] .o_data_row:contains(Ana):contains(Next)",
        },
        { trigger: ".o_form_saved" },
    ],
});

// The same from the page of the team, where it is shown.
tours.add("prospect_rotation_team", {
    steps: () => [
        { trigger: ".nav-link[name=prospect_rotation]", run: "click" },
        {
            trigger: ".o_field_widget[name=prospect_rotation_ids] .o_data_row .o_data_cell",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=member_ids] .o_data_row:contains(Cleo)" },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

// Two each; then one is given to somebody else from its card.
tours.add("prospect_rotation_result", {
    url: "/odoo/prospects?view_type=list",
    steps: () => [
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_group_by_menu .o_menu_item:contains(Salesperson)", run: "click" },
        ...["Ana", "Ben", "Cleo"].map((name) => ({
            trigger: `.o_group_header:contains(${name}):contains((2))`,
        })),
        { trigger: ".o_switch_view.o_kanban", run: "click" },
        {
            content: "choose somebody from the card",
            trigger:
                ".o_kanban_record:contains(turn1@example.com) .o_field_widget[name=user_id] .o_quick_assign",
            run: "click",
        },
        { trigger: ".o_popover .o-autocomplete input", run: "edit Cleo" },
        { trigger: ".o_popover .o-autocomplete--dropdown-item:contains(Cleo)", run: "click" },
        { trigger: "body:not(:has(.o_popover))" },
        {
            content: "the page of the prospect says who has had it",
            trigger: ".o_kanban_record:contains(turn1@example.com)",
            run: "click",
        },
        { trigger: ".nav-link[name=prospect_history]", run: "click" },
        {
            trigger:
                ".o_field_widget[name=assignment_ids] .o_data_row:contains(Rotation):contains(their turn)",
        },
        {
            trigger:
                ".o_field_widget[name=assignment_ids] .o_data_row:contains(Cleo):contains(By hand)",
        },
    ],
});

// On a phone: the rotation and its people as cards.
tours.add("prospect_rotation_phone", {
    url: "/odoo/prospect-rotation",
    steps: () => [
        { trigger: ".o_kanban_record:contains(Prospect team)", run: "click" },
        { trigger: ".o_field_widget[name=member_ids] .o_kanban_record:contains(Cleo)" },
    ],
});
