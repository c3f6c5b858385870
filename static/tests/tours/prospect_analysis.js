import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const step = (label) => `.o_prospect_step[data-step='${label}']`;

// A manager opens the funnel, filters by source, and opens what is behind a bar.
tours.add("prospect_analysis_manager", {
    url: "/odoo/prospect-dashboard",
    steps: () => [
        { trigger: ".o_prospect_dashboard .o_prospect_moment" },
        { trigger: "[data-alert=unassigned]:contains(1)" },
        { trigger: "[data-menu-xmlid='prospect.prospect_menu_reporting']", run: "click" },
        {
            trigger: "[data-menu-xmlid='prospect.prospect_analysis_menu_funnel']",
            run: "click",
        },
        { trigger: `${step("New")} .o_prospect_step_count:contains(5 of 5)` },
        {
            content: "only those of one source",
            trigger: ".o_prospect_filters select[name=source]",
            run: "selectByLabel Fair of the test",
        },
        { trigger: `${step("New")} .o_prospect_step_count:contains(4 of 4)` },
        { trigger: `${step("In progress")} .o_prospect_bar`, run: "click" },
        {
            content: "as many prospects as the bar says",
            trigger: ".o_list_renderer .o_data_row:eq(3)",
        },
        { trigger: ".o_list_renderer:not(:has(.o_data_row:eq(4)))" },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a", run: "click" },
        {
            content: "the filter is still there",
            trigger: `${step("New")} .o_prospect_step_count:contains(4 of 4)`,
        },
        { trigger: ".o_prospect_table", run: "click" },
        { trigger: ".o_pivot_view" },
    ],
});

// A salesperson looks at the tables.
tours.add("prospect_analysis_salesperson", {
    url: "/odoo/prospect-people-figures",
    steps: () => [
        { trigger: "tr[data-row='Prospect salesman'] td:first:contains(5)" },
        { trigger: "[data-menu-xmlid='prospect.prospect_menu_reporting']", run: "click" },
        {
            trigger: "[data-menu-xmlid='prospect.prospect_analysis_menu_cohorts']",
            run: "click",
        },
        { trigger: ".o_prospect_total_row td:first:contains(5)" },
        { trigger: ".o_prospect_interval", run: "selectByLabel By week" },
        { trigger: "tr[data-row^='Week of']" },
        { trigger: ".o_prospect_total_row td:first:contains(5)" },
        { trigger: "[data-menu-xmlid='prospect.prospect_menu_reporting']", run: "click" },
        {
            trigger: "[data-menu-xmlid='prospect.prospect_list_growth_menu']",
            run: "click",
        },
        { trigger: ".o_graph_view" },
    ],
});
