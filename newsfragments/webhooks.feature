Webhooks take signatures of time and body, tokens, HTTP Basic, forms, texts and several events in one message, and read
answers by their question, never by their position.
