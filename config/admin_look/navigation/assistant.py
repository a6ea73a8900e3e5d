"""What the assistant knows and learns."""

from config.admin_look.navigation.entries import Entry, Group

ASSISTANT = Group(
    "智能助手与知识库",
    (
        Entry("助手会话", "forum", model="tickets.AssistantSession"),
        Entry("对话轮次", "chat", model="tickets.AssistantTurn"),
        Entry("知识库", "menu_book", model="tickets.KnowledgeArticle"),
        Entry("知识缺口", "help_center", model="tickets.KnowledgeGap"),
        Entry("意图例句", "school", model="tickets.IntentExample"),
        Entry("意图模型", "model_training", model="tickets.IntentModel"),
    ),
)
