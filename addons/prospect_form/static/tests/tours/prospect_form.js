import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const row = (label) => `.o_data_row:has(td[name=label]:contains("${label}"))`;
const preview = (text) => `.o_prospect_form_preview iframe[srcdoc*="${text}"]`;

/** Add a question in its dialog: a label, a type by its name, and choices. */
function addQuestion(label, type, choices) {
    return [
        {
            trigger: ".o_field_x2many_list_row_add a:contains(Add a question)",
            run: "click",
        },
        { trigger: ".modal [name=label] input", run: `edit ${label}` },
        {
            trigger: ".modal [name=type] .o_select_menu_toggler, .modal [name=type] input",
            run: "click",
        },
        { trigger: `.o_select_menu_item:contains(${type})`, run: "click" },
        ...choices.flatMap((choice) => [
            {
                trigger: ".modal [name=choice_ids] .o_field_x2many_list_row_add a",
                run: "click",
            },
            {
                trigger: ".modal [name=choice_ids] .o_selected_row [name=name] input",
                run: `edit ${choice}`,
            },
        ]),
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ];
}

// A manager begins with a template, adds a question and a condition, and publishes it.
tours.add("prospect_form_builder", {
    url: "/odoo/prospect-forms",
    steps: () => [
        { trigger: ".o_control_panel button:contains(New from a template)", run: "click" },
        { trigger: ".modal .o_radio_item:contains(Event interest) input", run: "click" },
        { trigger: ".modal [name=description]:contains(How would you take part?)" },
        { trigger: ".modal [name=name] input", run: "edit Open day" },
        { trigger: ".modal button[name=action_make]", run: "click" },
        { trigger: preview("Open day") },
        ...addQuestion("Coming by", "Single choice", ["Train", "Car"]),
        { trigger: `${row("Coming by")} td[name=type]:contains(Single choice)` },
        { trigger: preview("Coming by") },
        ...addQuestion("Number plate", "Short text", []),
        {
            content: "the condition",
            trigger: `${row("Number plate")} td[name=label]`,
            run: "click",
        },
        { trigger: ".modal [name=condition_ids] .o_field_x2many_list_row_add a", run: "click" },
        {
            trigger: ".modal .o_selected_row [name=question_id] input",
            run: "edit Coming by",
        },
        { trigger: ".ui-autocomplete a:contains(Coming by)", run: "click" },
        { trigger: ".modal .o_selected_row [name=choice_ids] input", run: "edit Car" },
        { trigger: ".ui-autocomplete a:contains(Car)", run: "click" },
        { trigger: ".modal .o_selected_row [name=choice_ids] .o_tag:contains(Car)" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            trigger: `${row("Number plate")} td[name=condition_text]:contains(Shown when Coming by is Car)`,
        },
        {
            content: "into another order",
            trigger: `${row("Number plate")} .o_row_handle`,
            run: `drag_and_drop(${row("E-mail")})`,
        },
        { trigger: ".o_form_button_save:enabled", run: "click" },
        { trigger: ".o_form_saved, .o_form_readonly, .o_form_status_indicator_buttons.invisible" },
        { content: "as on a phone", trigger: ".o_prospect_form_phone", run: "click" },
        { trigger: ".o_prospect_form_screen.o_is_phone" },
        { content: "in French", trigger: ".o_prospect_form_language", run: "select fr_FR" },
        { trigger: ".o_prospect_form_preview iframe[srcdoc*='fr-FR']" },
        {
            content: "a text that is not saved",
            trigger: ".nav-link:contains(Texts and Look)",
            run: "click",
        },
        { trigger: "[name=button_label] input", run: "edit Count me in && press Tab" },
        {
            content: "not in French",
            trigger: `.o_prospect_form_preview:not(:has(${preview("Count me in")}))`,
        },
        { trigger: ".o_prospect_form_language", run: "select en_US" },
        { trigger: preview("Count me in") },
        { trigger: ".o_form_button_cancel", run: "click" },
        { trigger: ".nav-link:contains(Publishing)", run: "click" },
        { trigger: "[name=public_url]:contains(/prospect/form/open-day)" },
        { trigger: "[name=embed_code] pre:contains(iframe)" },
        { trigger: "[name=qr_code] img" },
        { trigger: ".o_form_view.o_prospect_form_builder, .o_prospect_form_builder" },
    ],
});

// On a phone: a question is changed, the preview is below.
tours.add("prospect_form_phone", {
    url: "/odoo/prospect-forms",
    steps: () => [
        { trigger: ".o_kanban_record:contains(Spring fair)", run: "click" },
        {
            trigger: ".o_prospect_form_question_cards .o_kanban_record:contains(Last name)",
            run: "click",
        },
        { trigger: ".modal [name=label] input", run: "edit Family name" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_kanban_record:contains(Family name)" },
        { trigger: preview("Family name") },
    ],
});

// A salesperson reads: the form cannot be changed, its figures open what is behind them.
tours.add("prospect_form_figures", {
    url: "/odoo/prospect-forms",
    steps: () => [
        { trigger: ".o_kanban_record:contains(Spring fair)", run: "click" },
        { trigger: preview("Spring fair") },
        { trigger: "body:not(:has(.o_field_x2many_list_row_add))" },
        { trigger: "button[name=action_figures]", run: "click" },
        { trigger: "[data-total=answers]:contains(15%):contains(15 of 100)" },
        {
            trigger:
                ".o_prospect_form_figures p:contains(Most people stop at “E-mail”: 8 of the 10)",
        },
        { trigger: "[data-question=e_mail] [data-label='Stopped here']:contains(8 of 10)" },
        {
            trigger: "[data-chart=accommodation] [data-choice=Yes] button:contains(80%)",
            run: "click",
        },
        { trigger: ".o_list_renderer .o_data_row:eq(3)" },
        { trigger: ".o_list_renderer:not(:has(.o_data_row:eq(4)))" },
        { trigger: ".breadcrumb-item a:contains(Figures)", run: "click" },
        { trigger: ".o_prospect_period", run: "selectByLabel Last 7 days" },
        { trigger: "[data-total=views] button:contains(40)", run: "click" },
        { trigger: ".o_list_renderer .o_data_row td[name=views]:contains(40)" },
    ],
});
