/** `@openai/chatkit/client`: the state of a chat without an interface. */
export {};
