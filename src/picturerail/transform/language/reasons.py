"""Why words of Cloudinary's are not here: told in refusals and on the reference page."""

MODEL = "it needs a trained model"
ADD_ON = "it is an add-on of Cloudinary's"
VIDEO = "it is for video and sound"
THREE_D = "it is for three-dimensional models"
WRITER = "no library that comes with this program, or may, writes it"
UNSEEN = "no browser shows it; f_tiff and f_png keep every pixel as well"
DOCUMENT = "documents and drawings are not written"
