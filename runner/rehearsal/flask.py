"""Flask, and with it Werkzeug and Jinja."""

from __future__ import annotations

from flask import Flask, jsonify, render_template_string
from flask.typing import ResponseReturnValue
from werkzeug.test import Client

app = Flask(__name__)


@app.get("/items/<int:number>")
def read(number: int) -> ResponseReturnValue:
    """Answer with JSON."""
    return jsonify(number=number)


@app.get("/page")
def page() -> ResponseReturnValue:
    """Answer with a template."""
    return render_template_string("{% for item in items %}{{ item }}{% endfor %}", items=[1, 2])


def use() -> None:
    """Answer two requests."""
    client = Client(app)
    client.get("/items/1").close()
    client.get("/page").close()
