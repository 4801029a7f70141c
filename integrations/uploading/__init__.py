"""The pages on which bank files are uploaded and asked about, the same in the admin and for clients."""
