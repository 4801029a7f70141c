"""The client's pages. Each names the company, so that bookmarks hold and people with several companies stay apart."""

from django.urls import path

from integrations.portal import adviser, banks, connections, external, finding, history, key, support, todo, uploads

app_name = "portal"
urlpatterns = [
    path("", connections.start, name="connections"),
    path("<str:number>/connections/", connections.overview, name="company"),
    path("<str:number>/connections/<slug:provider>/begin/", connections.begin, name="begin"),
    path("<str:number>/connections/<slug:provider>/key/", key.key, name="key"),
    path("<str:number>/connections/<slug:provider>/key-end/", key.key_end, name="key_end"),
    path("<str:number>/connections/<slug:provider>/progress/", connections.progress, name="progress"),
    path("<str:number>/connections/<slug:provider>/sync/", connections.sync_now, name="sync_now"),
    path("<str:number>/connections/<slug:provider>/adviser/", adviser.access, name="adviser"),
    path("<str:number>/connections/<slug:provider>/disconnect/", connections.disconnect, name="disconnect"),
    path("<str:number>/connections/<slug:provider>/history/", history.history, name="history"),
    path("<str:number>/connections/<slug:provider>/left-out/", history.left_out, name="left_out"),
    path("<str:number>/connections/<slug:provider>/find/", finding.find, name="find"),
    path("<str:number>/connections/<slug:provider>/find/ask/", finding.ask_now, name="find_ask"),
    path("<str:number>/to-do/", todo.overview, name="todo"),
    path("<str:number>/to-do/<int:pk>/", todo.question, name="todo_question"),
    path("<str:number>/to-do/payments/<int:pk>/", todo.document, name="todo_document"),
    path("<str:number>/to-do/files/<int:pk>/", todo.question_file, name="todo_file"),
    path("<str:number>/banks/", banks.overview, name="banks"),
    path("<str:number>/banks/new/", banks.ask_for, name="bank_request"),
    path("<str:number>/banks/upload/", uploads.upload, name="bank_upload"),
    path("<str:number>/banks/upload/<int:pk>/columns/", uploads.columns, name="bank_columns"),
    path("<str:number>/banks/upload/<int:pk>/account/", uploads.account, name="bank_account"),
    path("<str:number>/external/", external.overview, name="external"),
    path("<str:number>/external/documents/", external.documents, name="external_documents"),
    path("<str:number>/external/new/", external.new, name="external_new"),
    path("<str:number>/external/<int:pk>/", external.one, name="external_one"),
    path("<str:number>/external/<int:pk>/act/", external.act, name="external_act"),
    path("<str:number>/support/", support.requests, name="support"),
    path("<str:number>/support/new/", support.ask, name="ask"),
    path("<str:number>/support/<slug:reference>/", support.request_detail, name="request"),
    path("<str:number>/support/<slug:reference>/write/", support.write_again, name="request_write"),
]
