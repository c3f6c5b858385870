import { registry } from "@web/core/registry";

/** The number of the colour that a class of an element names. */
function colorOf(element, prefix) {
    const found = [...element.classList].find((name) => name.startsWith(prefix));
    return found?.slice(prefix.length);
}

// What is planned has the colour that the legend gives to its status.
registry.category("web_tour.tours").add("prospect_calendar", {
    url: "/odoo/prospects?view_type=calendar",
    steps: () =>
        ["New", "In progress"].map((status) => ({
            content: `the colour of ${status}`,
            trigger: `.o_calendar_filter_item:contains(${status})`,
            run() {
                const label = (name) =>
                    [...document.querySelectorAll(name)].find((element) =>
                        element.textContent.includes(status)
                    );
                const legend = label(".o_calendar_filter_item");
                const planned = label(".fc-event");
                const wanted = colorOf(legend, "o_cw_filter_color_");
                const given = colorOf(planned, "o_calendar_color_");
                if (!wanted || wanted !== given) {
                    throw new Error(`${status}: ${wanted} in the legend, ${given} planned`);
                }
            },
        })),
});
