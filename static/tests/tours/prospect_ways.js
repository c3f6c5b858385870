import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const settings = "/odoo/action-prospect.res_config_settings_action_prospect";
const input = (name) => `.o_field_widget[name=${name}] input`;

// An administrator sees how many prospects are open, and works without them from now on.
tours.add("prospect_mode_simple", {
    url: settings,
    steps: () => [
        { trigger: "#prospect_mode:contains(3)" },
        { trigger: "#prospect_mode button:contains(Skip the prospect stage)", run: "click" },
        { trigger: ".modal .o_prospect_mode .fs-4:contains(3)" },
        {
            content: "what was planned goes to the contacts",
            trigger: ".modal .o_field_widget[name=activities] label:contains(Move to the contact)",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_switch]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the preview says what becomes of each",
            trigger: ".o_form_view button[name=action_run]:contains(Convert 3 prospects)",
            run: "click",
        },
        { trigger: ".o_form_view button[name=action_undo]" },
        {
            content: "the page of prospects is not offered any more",
            trigger: "body:not(:has([data-menu-xmlid='prospect.crm_lead_menu_prospect']))",
        },
    ],
});

// And back: nothing is lost.
tours.add("prospect_mode_classic", {
    url: settings,
    steps: () => [
        { trigger: "#prospect_mode_simple .o_field_widget[name=prospect_simple_make]" },
        {
            trigger: "#prospect_mode_simple button:contains(Turn prospects back on)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "#prospect_mode button:contains(Skip the prospect stage)" },
        { trigger: "[data-menu-xmlid='prospect.crm_lead_menu_prospect']", run: "click" },
        { trigger: ".o_kanban_group:contains(Converted) .o_kanban_record:contains(Person 1)" },
    ],
});

// The owner of a list says how long people stay, and sees how long each one has.
tours.add("prospect_list_expiry", {
    url: "/odoo/prospect-lists?view_type=list",
    steps: () => [
        { trigger: ".o_data_row:contains(Tour guests) [name=name]", run: "click" },
        { trigger: ".o_form_view .o_inner_group:contains(Membership Lasts):contains(for ever)" },
        { trigger: input("duration_number"), run: "edit 30" },
        { trigger: ".o_field_widget[name=description] textarea", run: "click" },
        { trigger: ".o_field_widget[name=duration_unit]:visible" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.o_form_button_save:visible))" },
        { trigger: "button[name=action_view_members]", run: "click" },
        { trigger: ".o_switch_view.o_list", run: "click" },
        {
            trigger:
                ".o_data_row:contains(Person 1) [name=prospect_expiry]:contains(Never expires)",
        },
        { content: "a member from now on", trigger: ".o_list_button_add", run: "click" },
        { trigger: input("last_name"), run: "edit Newcomer" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.o_form_button_save:visible))" },
        { trigger: ".o_back_button, .o_breadcrumb .o_back_button", run: "click" },
        { trigger: ".o_data_row:contains(Newcomer) [name=prospect_expiry]:contains(30 days left)" },
    ],
});

// An administrator adds a field of all prospects; a salesperson fills it in.
tours.add("prospect_custom_fields", {
    url: "/odoo/action-prospect.prospect_property_action",
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: `.o_selected_row ${input("name")}`, run: "edit Shoe size" },
        { trigger: ".o_list_button_save", run: "click" },
        { trigger: ".o_data_row:contains(Shoe size)" },
        { trigger: "[data-menu-xmlid='prospect.crm_lead_menu_prospect']", run: "click" },
        { trigger: ".o_kanban_record:contains(Person 1)", run: "click" },
        { trigger: ".o_form_view .o_field_properties:contains(Shoe size) input", run: "edit 42" },
        { trigger: ".o_form_view .nav-link:contains(Notes)", run: "click" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.o_form_button_save:visible))" },
    ],
});
