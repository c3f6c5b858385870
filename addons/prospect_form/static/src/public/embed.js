/*
 * Shows forms in a page of anybody's: iframes with data-prospect-form grow as they need;
 * a script with data-form puts one where it stands. No cookie, no global name.
 */
(function () {
    "use strict";

    const script = document.currentScript;
    const origin = script ? new URL(script.src).origin : "";

    function make(address) {
        const url = new URL(address, document.baseURI);
        if (url.origin !== origin) {
            return;
        }
        url.searchParams.set("embed", "1");
        const frame = document.createElement("iframe");
        frame.src = url.href;
        frame.title = script.dataset.title || "Form";
        frame.dataset.prospectForm = "1";
        frame.style.cssText = "width: 100%; border: 0; min-height: 480px";
        script.after(frame);
    }

    function findFrame(source) {
        const frames = document.querySelectorAll("iframe[data-prospect-form]");
        return [...frames].find((frame) => frame.contentWindow === source);
    }

    function findCampaign() {
        const found = {};
        const params = new URLSearchParams(window.location.search);
        for (const name of ["utm_source", "utm_medium", "utm_campaign"]) {
            if (params.get(name)) {
                found[name] = params.get(name).slice(0, 200);
            }
        }
        return found;
    }

    // One listener a page, however often the script is pasted
    if (!document.documentElement.dataset.prospectForms) {
        document.documentElement.dataset.prospectForms = "1";
        window.addEventListener("message", ({ source, data, origin: sender }) => {
            if (sender !== origin || !data || !data.prospectForm) {
                return;
            }
            const frame = findFrame(source);
            if (!frame) {
                return;
            }
            if (Number.isFinite(data.height) && data.height > 0) {
                frame.style.minHeight = "0";
                frame.style.height = `${Math.min(data.height, 20000)}px`;
            }
            if (data.ready) {
                const page = window.location.origin + window.location.pathname;
                source.postMessage({ prospectCampaign: findCampaign(), page }, sender);
            }
            if (data.answered && !data.go) {
                frame.scrollIntoView({ block: "nearest" });
            }
            if (typeof data.go === "string" && /^https?:\/\//i.test(data.go)) {
                window.location.assign(data.go);
            }
        });
        // Forms that were ready before this script was
        for (const frame of document.querySelectorAll("iframe[data-prospect-form]")) {
            frame.contentWindow.postMessage({ prospectAsk: true }, "*");
        }
    }
    if (script && script.dataset.form) {
        make(script.dataset.form);
    }
})();
