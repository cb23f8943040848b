"""The ceiling of the usual Python stack: a bare FastAPI app that streams constant chat chunks, with no engine behind it.

Every token is a pydantic object that is serialised for itself and sent as one event, as serving stacks on FastAPI do.

    uvicorn --app-dir bench/peers --loop uvloop --http httptools --no-access-log --log-level warning fastapi_stream:app
"""

import time

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

app = FastAPI()


class Message(BaseModel):
    role: str
    content: str


class ChatRequest(BaseModel):
    messages: list[Message]
    model: str | None = None
    max_tokens: int = 256
    stream: bool = False
    ignore_eos: bool = False


class Delta(BaseModel):
    role: str | None = None
    content: str | None = None


class Choice(BaseModel):
    index: int
    delta: Delta
    logprobs: dict | None = None
    finish_reason: str | None = None


class Chunk(BaseModel):
    id: str
    object: str
    created: int
    model: str
    choices: list[Choice]


@app.post("/v1/chat/completions")
async def chat(request: ChatRequest):
    created = int(time.time())

    def event(delta, finish_reason=None):
        chunk = Chunk(id="chatcmpl-0123456789abcdef", object="chat.completion.chunk", created=created,
                      model="constant",
                      choices=[Choice(index=0, delta=delta, finish_reason=finish_reason)])
        return f"data: {chunk.model_dump_json(exclude_unset=True)}\n\n"

    async def events():
        yield event(Delta(role="assistant", content=""))
        for _ in range(request.max_tokens):
            yield event(Delta(content=" token"))
        yield event(Delta(), "length")
        yield "data: [DONE]\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")
