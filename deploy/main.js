const chat = document.getElementById('chat');
document.body.style.margin = '0';
chat.style.height = '100dvh';
await customElements.whenDefined('openai-chatkit');
chat.setOptions({ api: { url: '/chatkit' } });
