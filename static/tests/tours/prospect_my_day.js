import { registry } from "@web/core/registry";

const row = (name) => `section[data-section=tasks] li:contains(${name})`;

// What is due is done, or put off, without leaving the page.
registry.category("web_tour.tours").add("prospect_my_day", {
    url: "/odoo/prospect-my-day",
    steps: () => [
        {
            content: "who has a number is called",
            trigger: `${row("Lina Faure")} a[href^="tel:"]`,
        },
        {
            content: "it fits the screen",
            trigger: row("Marc Girard"),
            run({ anchor }) {
                if (anchor.scrollWidth > anchor.clientWidth + 1) {
                    throw new Error("The line is wider than its card");
                }
            },
        },
        {
            content: "a day late is a day, also where a month has begun",
            trigger: row("Lina Faure"),
            run({ anchor }) {
                if (!/yesterday|hier/.test(anchor.textContent)) {
                    throw new Error(`Due yesterday, and the line says: ${anchor.textContent}`);
                }
            },
        },
        { trigger: `${row("Lina Faure")} .o_prospect_my_day_done`, run: "click" },
        { trigger: `section[data-section=tasks]:not(:contains(Lina Faure))` },
        {
            content: "a slip of the finger is taken back",
            trigger: ".o_notification_buttons button",
            run: "click",
        },
        { trigger: `${row("Lina Faure")} .o_prospect_my_day_done`, run: "click" },
        { trigger: `section[data-section=tasks]:not(:contains(Lina Faure))` },
        { trigger: `${row("Marc Girard")} .o_prospect_my_day_later`, run: "click" },
        {
            content: "nothing is left, and the page says so",
            trigger: `section[data-section=tasks]:not(:has(li)) p`,
        },
    ],
});
