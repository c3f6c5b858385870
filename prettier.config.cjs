// Odoo's format rather than OCA's: our components sit inside Odoo's. The plugin is in the cache (NODE_PATH).
module.exports = {
    plugins: [require.resolve("@prettier/plugin-xml")],
    tabWidth: 4,
    printWidth: 100,
    trailingComma: "es5",
    bracketSameLine: true,
    xmlWhitespaceSensitivity: "preserve", // text nodes and domain_force would change otherwise
    xmlSelfClosingSpace: false,
};
