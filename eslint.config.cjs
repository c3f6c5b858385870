// CommonJS, because ES modules do not see the tools in the cache (NODE_PATH).
const js = require("@eslint/js");
const prettier = require("eslint-config-prettier");
const globals = require("globals");

const restricted = ["event", "self", "$", "jQuery"];
const component = "ClassDeclaration[superClass.name='Component']";
const member = (name) => `PropertyDefinition[static=true][key.name='${name}']`;

module.exports = [
    prettier, // first: after our rules it would switch 'curly' off
    js.configs.recommended,
    {
        files: ["**/*.js"],
        languageOptions: {
            sourceType: "module",
            ecmaVersion: 2022,
            globals: { ...globals.browser, odoo: "readonly", luxon: "readonly", Chart: "readonly" },
        },
        rules: {
            complexity: ["error", 15],
            curly: ["error", "all"],
            eqeqeq: ["error", "smart"],
            "max-lines-per-function": [
                "error",
                { max: 60, skipBlankLines: true, skipComments: true },
            ],
            "no-console": "error",
            "no-duplicate-imports": "error",
            "no-restricted-globals": ["error", ...restricted],
            "no-restricted-syntax": [
                "error",
                { selector: "PrivateIdentifier", message: "Private names break Odoo's patching." },
                {
                    selector: `${component}:not(:has(${member("props")}))`,
                    message: "A component declares its static props.",
                },
                {
                    selector: `${component}:not(:has(${member("template")}))`,
                    message: "A component declares its static template.",
                },
                {
                    selector:
                        "CallExpression[callee.name='_t'] > Literal:first-child[value=/%s.*%s/]",
                    message: "Several values in a translated text need names.",
                },
            ],
            "no-unused-vars": ["error", { args: "none" }],
            "prefer-const": "error",
        },
    },
    {
        files: ["**/static/tests/**/*.js"],
        rules: { "max-lines-per-function": "off" },
    },
    {
        files: ["**/*.cjs", "**/*.mjs"],
        // A script for a browser's remote control has parts that run in the page.
        languageOptions: { globals: { ...globals.node, ...globals.browser } },
    },
];
