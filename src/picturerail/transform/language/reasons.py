"""Why words of Cloudinary's are not here: told in refusals and on the reference page."""

MODEL = "it needs a trained model"
ADD_ON = "it is an add-on of Cloudinary's"
VIDEO = "it is for video and sound"
THREE_D = "it is for three-dimensional models"
WRITER = "there is no encoder for it without a licence that this program does not carry"
DOCUMENT = "documents and drawings are not written"
